//! A token of the simulator's, fetched without the program's own sign-in.

use mde_offboard::simulator::TenantOptions;
use reqwest::Client;
use serde_json::Value;

/// The value of the header that carries it.
pub(crate) async fn token(client: &Client, url: &str) -> String {
    let app = TenantOptions::default();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &app.client_id),
        ("client_secret", &app.client_secret),
        ("scope", "https://api.securitycenter.microsoft.com/.default"),
    ];
    let address = format!("{url}/{}/oauth2/v2.0/token", app.tenant_id);
    let answer = client.post(address).form(&form).send().await.expect("the simulator answers");
    let token: Value = answer.json().await.expect("JSON");
    format!("Bearer {}", token["access_token"].as_str().expect("a token"))
}
