//! Each way to sign in, by the program itself against the simulator's identity endpoints.

use std::io::{Read, Write};
use std::net::TcpStream;

use mde_offboard::simulator::TenantOptions;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use crate::defender::claims::jwt;
use crate::defender::server::system_time;
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};

const PLAN: &str = "plan fleet.csv --comment x";

/// A desk whose environment names the tenant and the app, and nothing to sign in with.
fn desk(options: &str) -> Desk {
    Desk::holding(&list(3), options)
}

pub(super) fn run(desk: &Desk, words: &str, environment: &[(&str, &str)]) -> Said {
    let mut command = desk.command(words);
    command.env_remove("AZURE_CLIENT_SECRET").envs(environment.iter().copied());
    command.said()
}

/// A token of the simulator's app.
fn token(desk: &Desk) -> String {
    token_for(desk, "api.securitycenter.microsoft.com")
}

/// The same for the API of this name.
pub(super) fn token_for(desk: &Desk, api: &str) -> String {
    let app = TenantOptions::default();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope=https%3A%2F%2F{api}%2F\
         .default",
        app.client_id, app.client_secret
    );
    let address = desk.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /{}/oauth2/v2.0/token HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        app.tenant_id,
        form.len()
    );
    stream.write_all((head + &form).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

fn certificate(last_year: i32) -> (String, String) {
    certificate_until((last_year, 1, 1))
}

/// A certificate, and the same with its key.
pub(super) fn certificate_until((year, month, day): (i32, u8, u8)) -> (String, String) {
    let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(year, month, day);
    let certificate = parameters.self_signed(&key).unwrap().pem();
    let both = format!("{certificate}{}", key.serialize_pem());
    (certificate, both)
}

/// A desk beside a simulator that knows a certificate, which is in `app.pem` with its key.
fn desk_with_certificate() -> Desk {
    let (public, both) = certificate(2099);
    let desk = Desk::with_file("fleet.csv", list(3));
    desk.file("public.pem", public).private_file("app.pem", both);
    desk.beside("--machines fleet.csv --fleet ordinary --certificate public.pem")
}

#[test]
fn a_certificate_signs_in_and_another_one_is_refused_with_what_to_do() {
    let desk = desk_with_certificate();
    let with = |name| run(&desk, PLAN, &[("AZURE_CLIENT_CERTIFICATE_PATH", name)]);
    with("app.pem").ends_with(0);
    desk.private_file("other.pem", certificate(2099).1);
    let said = with("other.pem").ends_with(6);
    said.says("sign-in was refused: the certificate is not registered").says_all(&[
        "(AADSTS700027, HTTP 401)",
        "\n       Entra: AADSTS700027:",
        "\nhint: upload the public half",
    ]);
    desk.file("app.pfx", [0x30, 0x82, 0x0a, 0x00, 0xff]);
    with("app.pfx").ends_with(6).says("openssl pkcs12 -in app.pfx");
    with("missing.pem").ends_with(6).says("missing.pem cannot be read");
    desk.private_file("over.pem", certificate(2021).1);
    with("over.pem").ends_with(6).says("ended at 2021-01-01");
}

#[test]
fn a_certificate_is_warned_of_in_its_last_thirty_days() {
    for (days, is_warned_of) in [(20, true), (40, false)] {
        let end = system_time().now().wall.plus(std::time::Duration::from_hours(24 * days));
        let end = end.to_string()[..10].to_owned();
        let number = |range: std::ops::Range<usize>| end[range].parse::<u16>().unwrap();
        let day = |range| u8::try_from(number(range)).unwrap();
        let until = (number(0..4).into(), day(5..7), day(8..10));
        let (public, both) = certificate_until(until);
        let desk = Desk::with_file("fleet.csv", list(3));
        desk.file("public.pem", public).private_file("app.pem", both);
        let desk = desk.beside("--machines fleet.csv --fleet ordinary --certificate public.pem");
        let said = run(&desk, PLAN, &[("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem")]).ends_with(0);
        let words = format!("warning: the certificate ends at {end}T00:00:00Z, in ");
        assert_eq!(said.err.contains(&words), is_warned_of, "{days}: {said}");
    }
}

#[test]
fn a_workload_identity_signs_in_with_the_token_of_its_file() {
    let desk = desk("");
    let claims = |aud: &str| {
        jwt(&format!(
            r#"{{"aud":"{aud}","iss":"https://k8s.example","sub":"sa","exp":4102444800}}"#
        ))
    };
    desk.file("token", format!("{}\n", claims("api://AzureADTokenExchange")));
    desk.file("other", claims("https://elsewhere.example")).file("empty", " \n");
    let with = |name| run(&desk, PLAN, &[("AZURE_FEDERATED_TOKEN_FILE", name)]);
    with("token").ends_with(0);
    with("other").ends_with(6).says("AADSTS700027");
    with("empty").ends_with(6).says("holds no token");
}

#[test]
fn a_managed_identity_signs_in_at_both_kinds_of_address() {
    let desk = desk("");
    let words = format!("{PLAN} --auth managed-identity");
    let endpoint = format!("{}/msi/token", desk.url());
    let header = TenantOptions::default().identity_header;
    let app_service = [("IDENTITY_ENDPOINT", endpoint.as_str()), ("IDENTITY_HEADER", &header)];
    run(&desk, &words, &app_service).ends_with(0);
    let metadata = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", desk.url())];
    run(&desk, &words, &metadata).ends_with(0);
    let wrong = [("IDENTITY_ENDPOINT", endpoint.as_str()), ("IDENTITY_HEADER", "guessed")];
    let said = run(&desk, &words, &wrong).ends_with(6).says("Required header");
    assert!(!said.err.contains("guessed"), "{said}");
    let other = [metadata[0], ("AZURE_CLIENT_ID", "another")];
    run(&desk, &words, &other).ends_with(6).says("Identity not found").says("--client-id");
    let far = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://203.0.113.7")];
    run(&desk, &words, &far).ends_with(2).says("AZURE_POD_IDENTITY_AUTHORITY_HOST");
}

#[test]
fn sources_of_managed_identities_that_are_not_supported_are_named() {
    let desk = desk("");
    let here = ("IDENTITY_ENDPOINT", "http://127.0.0.1:1");
    let header = ("IDENTITY_HEADER", "x");
    let fabric = ("IDENTITY_SERVER_THUMBPRINT", "x");
    let cloud_shell = ("MSI_ENDPOINT", "http://127.0.0.1:1");
    for (environment, named) in [
        (vec![here, ("IMDS_ENDPOINT", "http://127.0.0.1:1")], "Azure Arc"),
        (vec![here, header, fabric], "Service Fabric"),
        (vec![cloud_shell], "Cloud Shell"),
        (vec![cloud_shell, ("MSI_SECRET", "x")], "Machine Learning"),
    ] {
        let said = run(&desk, &format!("{PLAN} --auth managed-identity"), &environment);
        said.ends_with(2).says(named).says("hint: use --auth");
    }
}

#[test]
fn auto_takes_one_says_which_and_never_falls_back_to_another() {
    let desk = desk_with_certificate();
    let certificate = ("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem");
    let wrong = [certificate, ("AZURE_CLIENT_SECRET", "wrong-secret")];
    let said = run(&desk, PLAN, &wrong).ends_with(6).says("AADSTS7000215");
    said.says("signing in with a client secret (AZURE_CLIENT_SECRET)")
        .says("AZURE_CLIENT_CERTIFICATE_PATH is set too")
        .says("--auth client-certificate");
    run(&desk, &format!("{PLAN} --auth client-certificate"), &wrong).ends_with(0);
    // Neither the computer's identity nor a person's is taken unless it is named.
    let metadata = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", desk.url())];
    run(&desk, PLAN, &metadata).ends_with(2).says("no credentials");
    let mut no_tenant = desk.command(PLAN);
    no_tenant.env_remove("AZURE_TENANT_ID").env_remove("AZURE_CLIENT_ID");
    let said = no_tenant.said();
    said.ends_with(2).says_all(&["AZURE_TENANT_ID", "AZURE_CLIENT_ID"]);
}

#[test]
fn a_token_is_understood_as_people_paste_it() {
    let desk = desk("");
    let token = token(&desk);
    for pasted in [
        token.clone(),
        format!("  {token}\r\n"),
        format!("\"{token}\""),
        format!("Bearer {token}"),
        format!("Authorization: bearer '{token}'"),
        format!("{{\n  \"accessToken\": \"{token}\",\n  \"tokenType\": \"Bearer\"\n}}\n"),
        format!("{{\"access_token\":\"{token}\",\"expires_in\":3599}}"),
    ] {
        let said = run(&desk, PLAN, &[("MDE_OFFBOARD_TOKEN", &pasted)]);
        let said = said.ends_with(0);
        assert!(!said.err.contains(&token[..20]) && !said.out.contains(&token[..20]), "{said}");
    }
    let nothing = run(&desk, PLAN, &[("MDE_OFFBOARD_TOKEN", "{\"error\":\"x y\"}")]);
    nothing.ends_with(6).says("az account get-access-token");
}

#[test]
fn a_tenant_that_cannot_be_compared_with_the_token_is_refused() {
    let desk = desk("");
    let token = token(&desk);
    for tenant in [
        "{5e1f0000-0000-4000-8000-000000000002}",
        "5e1f00000000400080000000000000002",
        "other.onmicrosoft.com",
        "../../x",
    ] {
        let words = format!("{PLAN} --tenant-id {tenant}");
        let said = run(&desk, &words, &[("MDE_OFFBOARD_TOKEN", &token)]);
        said.ends_with(2).says("is not the ID of a tenant").says("with a token");
    }
    assert_eq!(desk.truth().number_of_reads(), 0);
}

#[test]
fn a_token_that_ends_before_the_last_request_is_warned_of_with_both_times() {
    let desk = Desk::holding(&list(40), "--limit 100/1s");
    let now = system_time().now().wall.as_micros() / 1_000_000;
    let claims = |ends: i64| {
        let tenant = TenantOptions::default().tenant_id;
        jwt(&format!(
            r#"{{"aud":"https://api.securitycenter.microsoft.com","tid":"{tenant}","exp":{ends},
            "roles":["Machine.Offboard","Machine.Read.All"]}}"#
        ))
    };
    let words = "run fleet.csv --comment x --yes --progress none --limit 10/1m";
    let over = run(&desk, words, &[("MDE_OFFBOARD_TOKEN", &claims(now - 60))]);
    over.ends_with(6).says("the token ended at");
    desk.check_nothing_queued("default.db");
    // The simulator does not know this token, so the batch is made with the app's secret first.
    let mut process = desk.start(words);
    desk.wait_for_posts(1, &mut process);
    desk.run("stop").ends_with(0);
    Said::by(process).ends_with(5);
    let soon = claims(now + 100);
    let resumed = run(&desk, "resume 1 --yes --progress none", &[("MDE_OFFBOARD_TOKEN", &soon)]);
    resumed.says("warning: the token ends at").says("the last request is expected at");
}

#[cfg(unix)]
mod on_unix {
    use std::io::BufRead;
    use std::os::unix::fs::PermissionsExt;

    use super::{Desk, PLAN, Said, desk, run, token};
    use crate::support::program::signal;

    /// An `az` on PATH that counts its starts and keeps its arguments.
    fn with_az(desk: &Desk, last: &str) -> String {
        // What the system shows of it to everybody is searched for secrets when the desk is left.
        let seen = "tr '\\0' '\\n' < /proc/$$/cmdline >> az.cmdline";
        let script = format!("#!/bin/sh\necho \"$@\" >> calls\n{seen}\necho from az >&2\n{last}\n");
        std::fs::create_dir_all(desk.path("bin")).unwrap();
        desk.file("bin/az", script);
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(desk.path("bin/az"), mode).unwrap();
        format!("{}:/usr/bin:/bin", desk.path("bin").display())
    }

    fn by_az(desk: &Desk, words: &str, path: &str) -> Said {
        run(desk, &format!("{words} --auth azure-cli"), &[("PATH", path)])
    }

    #[test]
    fn the_azure_cli_is_started_once_for_a_whole_run() {
        let desk = desk("--speed 600");
        desk.file("token.json", format!("{{\"accessToken\": \"{}\"}}", token(&desk)));
        let path = with_az(&desk, "cat token.json");
        let words = "run fleet.csv --comment x --yes --progress none --poll-interval 200ms";
        by_az(&desk, words, &path).ends_with(0).says("from az");
        let calls = desk.text("calls");
        assert_eq!(calls.lines().count(), 1, "{calls}");
        let resource = "--resource https://api.securitycenter.microsoft.com";
        let tenant = "--tenant 5e1f0000-0000-4000-8000-000000000001";
        let wanted = format!("account get-access-token --output json {resource} {tenant}\n");
        assert_eq!(calls, wanted);
        assert_eq!(desk.posts(), 3);
    }

    #[test]
    fn an_azure_cli_that_gives_no_token_says_what_to_do() {
        let desk = desk("");
        for (last, said) in [
            ("exit 3", "az login --tenant"),
            ("echo nothing", "printed no token"),
            ("echo '{\"accessToken\": \"a.b\"}' | tr a '\\n'", "printed no token"),
        ] {
            let path = with_az(&desk, last);
            by_az(&desk, PLAN, &path).ends_with(6).says(said).says("from az");
        }
        by_az(&desk, PLAN, "/nonexistent").ends_with(6).says("is not on PATH");
    }

    #[test]
    fn an_azure_cli_that_hangs_is_ended() {
        let desk = desk("");
        let path = with_az(&desk, "exec sleep 600");
        let words = format!("{PLAN} --timeout 300ms --offline-timeout 1s");
        let said = run(&desk, "plan --help", &[]);
        let words = if said.out.contains("--offline-timeout") {
            words
        } else {
            "run fleet.csv --comment x --yes --timeout 300ms --offline-timeout 1s".to_owned()
        };
        by_az(&desk, &words, &path).ends_with(5).says("did not end within 300ms");
    }

    #[test]
    fn a_person_signs_in_with_a_code_that_is_shown() {
        let desk = desk("");
        let words = format!("{PLAN} --auth device-code");
        let said = run(&desk, &words, &[]).ends_with(0);
        let said = said.says("https://microsoft.com/devicelogin").says("enter this code");
        assert!(said.err.contains("devicelogin"), "on standard error: {said}");
        let desk = super::desk("--person declines");
        run(&desk, &words, &[]).ends_with(6).says("declined in the browser");
    }

    #[test]
    fn ctrl_c_cancels_a_sign_in_with_a_code() {
        let desk = desk("--person never");
        let words = "run fleet.csv --comment x --yes --progress none --auth device-code";
        let mut command = desk.command(words);
        command.env_remove("AZURE_CLIENT_SECRET");
        let mut process = command.spawn().unwrap();
        let mut shown = std::io::BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("Ctrl-C cancels") {
            line.clear();
            assert!(shown.read_line(&mut line).unwrap() > 0, "it ended before it showed a code");
        }
        signal(&process, "-INT");
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut shown, &mut rest).unwrap();
        let code = process.wait().unwrap().code();
        assert_eq!(code, Some(7), "{rest}");
        assert!(rest.contains("nothing was queued"), "{rest}");
        desk.check_nothing_queued("default.db");
    }
}
