//! Whether Defender's API can be reached, by which way, and how its clock goes.

use crate::cli::connect::{UnsignedClient, not_signed_in};
use crate::cli::{Context, Exit, Failure};
use crate::defender::SignInError;
use crate::domain::{Advice, Detail, ReadAnswer, Trouble};

use super::clock_skew::ClockSkew;
use super::item::CheckItem;

pub(crate) const NETWORK: &str = "network";

/// One request without a token, which any server answers. The second item is the clock, where it
/// is too far off.
pub(crate) async fn network(
    context: &Context,
    client: &UnsignedClient,
) -> (CheckItem, Option<CheckItem>) {
    let asked_at = context.clock.now().wall;
    let reply = client.remote.reach().await;
    let answered_at = context.clock.now().wall;
    let host = client.api_host();
    if let ReadAnswer::Trouble(trouble) = &reply.what {
        return (CheckItem::failed(NETWORK, unreachable(host, trouble)), None);
    }
    let skew = reply.server_date.map(|date| ClockSkew::of(date, asked_at, answered_at));
    let way = way(client);
    let clock = skew.as_ref().map(|skew| format!("; {}", skew.words())).unwrap_or_default();
    let item = CheckItem::fine(NETWORK, format!("{host}, {way}{clock}"));
    (item, skew.and_then(|skew| skew.objection(host)))
}

/// The sign-in's host is a part of the network too.
pub(crate) fn unreachable_sign_in(client: &UnsignedClient, error: &SignInError) -> CheckItem {
    CheckItem::failed(NETWORK, not_signed_in(error, &client.source))
}

fn unreachable(host: &str, trouble: &Trouble) -> Failure {
    let again = |words: &str| Advice::from(words).then_command("check");
    let told = |detail: &Detail| format!("{host} cannot be reached: {detail}");
    match trouble {
        Trouble::Unreachable { detail, .. } | Trouble::Unreadable(detail)
            if !detail.refuses_access() =>
        {
            let advice = again("check the connection, the VPN and the proxy, then: ");
            Failure::new(Exit::Unfinished, told(detail)).hint(advice)
        }
        Trouble::Unreachable { detail, .. } => Failure::new(Exit::NoAccess, told(detail))
            .hint(again("starting again changes nothing before that is fixed; then: ")),
        Trouble::ProxyAuthentication(detail) => Failure::new(Exit::NoAccess, told(detail))
            .hint(again("give the proxy's user and password in its address, --proxy, then: ")),
        Trouble::Redirected(detail) => {
            let said = format!("{host} sends requests elsewhere: {detail}");
            Failure::new(Exit::Guard, said)
                .hint(again("a sign-in page of the network, or a wrong --api-url; then: "))
        }
        other => Failure::new(Exit::Unfinished, told(other.detail()))
            .hint(again("try again in some minutes: ")),
    }
}

/// By which way, as the HTTP client goes.
fn way(client: &UnsignedClient) -> String {
    if client.is_loopback() {
        return "on this computer".to_owned();
    }
    let way = match client.remote.proxy() {
        Some(proxy) => format!("through the proxy {proxy}"),
        None => match client.remote.automatic_proxy() {
            Some(automatic) => format!("without a proxy ({automatic} is not run here)"),
            None => "without a proxy".to_owned(),
        },
    };
    format!("{way}, certificate trusted")
}
