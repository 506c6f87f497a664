//! Entra's error codes that people meet, in one sentence each, and what to do about them.
//!
//! From Microsoft's page "Microsoft Entra authentication and authorization error codes". Words
//! only: whether a refusal may pass by itself is judged elsewhere. Asked by `cli`, which puts the
//! sentence, Entra's own words and the advice on lines of their own.

/// What a code means.
#[derive(Debug, PartialEq, Eq)]
pub struct Explanation {
    /// A sentence without a full stop.
    pub meaning: &'static str,
    /// What to do.
    pub advice: &'static str,
}

/// The explanation of a code like `AADSTS7000215`; none for one that is not in the table.
pub fn explanation(code: &str) -> Option<&'static Explanation> {
    let number: u32 = code.strip_prefix("AADSTS")?.parse().ok()?;
    let row = TABLE.iter().find(|(numbers, _)| numbers.contains(&number));
    row.map(|(_, explanation)| explanation)
}

const WRONG_CLOUD: &str = "check --tenant-id, and name the tenant's cloud: --cloud public, gcc, \
                           gcc-high or dod";

const OTHER_WAY: &str = "sign in another way: --auth client-certificate, managed-identity, \
                         workload-identity or azure-cli";

const SIGN_IN_AGAIN: &str = "sign in again: start the command again, or run `az login` first with \
                             --auth azure-cli";

const fn row(meaning: &'static str, advice: &'static str) -> Explanation {
    Explanation { meaning, advice }
}

const TABLE: &[(&[u32], Explanation)] = &[
    (&[7_000_215], row("the client secret is wrong", "give the secret's value, not its ID")),
    (
        &[7_000_222],
        row(
            "the client secret has expired",
            "make a new secret for the app registration, or sign in with a certificate",
        ),
    ),
    (
        &[700_016],
        row(
            "the app is not known in this tenant",
            "check --client-id and --tenant-id; an app of another tenant needs consent here first",
        ),
    ),
    (
        &[7_000_112, 70_001],
        row(
            "the app is disabled in this tenant",
            "an administrator enables it: Enterprise applications, the app, Properties",
        ),
    ),
    (&[90_002], row("there is no such tenant in this cloud", WRONG_CLOUD)),
    (&[900_382, 900_432], row("the app and the tenant are in different clouds", WRONG_CLOUD)),
    (&[90_038], row("the tenant belongs to another cloud", WRONG_CLOUD)),
    (
        &[500_011],
        row(
            "Defender's API is not known in this tenant",
            "open Defender once in this tenant (security.microsoft.com), and check --cloud",
        ),
    ),
    (
        &[650_052],
        row(
            "the organization has no subscription for Defender's API",
            "an administrator checks the license for Defender for Endpoint",
        ),
    ),
    (
        &[65_001, 650_057],
        row(
            "the app lacks the permission, or nobody consented to it",
            "an administrator adds the permissions of the API WindowsDefenderATP to the app \
             registration and grants consent",
        ),
    ),
    (
        &[700_027, 50_012],
        row(
            "the certificate is not registered for this app, or the key is another one",
            "upload the public half of the certificate to the app registration (Certificates & \
             secrets), and check --client-id",
        ),
    ),
    (
        &[700_030],
        row(
            "the certificate's subject is not authorized for this app",
            "use a certificate that the app registration knows by its thumbprint",
        ),
    ),
    (
        &[7_000_218],
        row(
            "the app needs a secret or a certificate, and none was sent",
            "for --auth device-code, allow public client flows in the app registration \
             (Authentication); otherwise set AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH",
        ),
    ),
    (
        &[700_025],
        row(
            "the app is a public client, which must not send a secret",
            "use --auth device-code, or make a confidential app registration for this program",
        ),
    ),
    (
        &[70_011, 28_002],
        row(
            "the scope that was asked for is not valid",
            "check --cloud and --api-url: the scope is made from them",
        ),
    ),
    (
        &[901_002],
        row(
            "the sign-in server got a parameter of its older version",
            "check --authority-url, and whether a proxy changes requests",
        ),
    ),
    (&[530_036], row("a policy of the tenant blocks sign-in with a device code", OTHER_WAY)),
    (
        &[65_002],
        row(
            "the app may not ask for Defender's API without Microsoft's own consent",
            "use an app registration of your own: --client-id",
        ),
    ),
    (&[50_173], row("the sign-in is too old, or the password was changed since", SIGN_IN_AGAIN)),
    (&[700_082, 70_043], row("the sign-in has expired", SIGN_IN_AGAIN)),
    (
        &[53_003],
        row(
            "a Conditional Access policy blocks the sign-in",
            "an administrator finds the policy in Entra's sign-in log, and lets this app or this \
             place through",
        ),
    ),
    (&[530_032], row("a security policy of the tenant blocks the sign-in", OTHER_WAY)),
    (
        &[90_055, 90_024, 90_033, 90_006],
        row("the sign-in server is busy or fails for the moment", "try again in some minutes"),
    ),
];
