//! The HTTP shell, over a real socket on loopback.

use std::sync::Arc;
use std::time::Duration;

use mde_offboard::domain::Window;
use mde_offboard::simulator::{ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::served::Served;

use super::setup::{SCOPE, id, unlimited};

/// A shell that runs, and a client for it.
struct Shell {
    served: Served,
    client: Client,
    bearer: String,
}

impl Shell {
    async fn new(options: TenantOptions, shell: ShellOptions) -> Self {
        let mut tenant = SimulatedTenant::new(options);
        for number in 0..4 {
            let name = format!("pc-{number}.example.com");
            tenant.add(SimulatedMachine::onboarded(id(number), &name));
        }
        let served = Served::start(tenant, shell).await;
        let client = Client::builder().no_proxy().build().unwrap();
        let unsigned = Self { served, client, bearer: String::new() };
        let (_, token) = unsigned.sign_in(&TenantOptions::default().client_secret).await;
        Self { bearer: token["access_token"].as_str().unwrap().to_owned(), ..unsigned }
    }

    async fn plain() -> Self {
        Self::new(unlimited(), ShellOptions::default()).await
    }

    async fn sign_in(&self, secret: &str) -> (u16, Value) {
        let app = TenantOptions::default();
        let url = format!("{}/{}/oauth2/v2.0/token", self.served.url, app.tenant_id);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &app.client_id),
            ("client_secret", secret),
            ("scope", SCOPE),
        ];
        answer(self.client.post(url).form(&form)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.served.url);
        self.client.request(method, url).bearer_auth(&self.bearer)
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path)).await
    }

    async fn offboard(&self, number: u32) -> (u16, Value) {
        let path = format!("/api/machines/{}/offboard", id(number));
        answer(self.request(Method::POST, &path).json(&json!({"Comment": "Retired"}))).await
    }
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_machine_is_offboarded_listed_read_and_cancelled_over_http() {
    let shell = Shell::plain().await;
    let (status, action) = shell.offboard(0).await;
    assert_eq!((status, &action["status"]), (201, &json!("Pending")));
    let action = action["id"].as_str().unwrap();

    let filter = format!("machineId eq '{}' and type eq 'Offboard'", id(0));
    let query = [("$filter", filter.as_str()), ("$top", "10"), ("$skip", "0")];
    let url = format!("{}/api/machineactions", shell.served.url);
    let url = reqwest::Url::parse_with_params(&url, query).unwrap();
    let (status, listed) = answer(shell.client.get(url).bearer_auth(&shell.bearer)).await;
    assert_eq!((status, &listed["value"][0]["id"]), (200, &json!(action)));

    let (status, read) = shell.get(&format!("/api/machineactions/{action}")).await;
    assert_eq!((status, &read["requestorComment"]), (200, &json!("Retired")));

    let path = format!("/api/machineactions/{action}/cancel");
    let cancel = shell.request(Method::POST, &path).json(&json!({"Comment": "No"}));
    let (status, cancelled) = answer(cancel).await;
    assert_eq!((status, &cancelled["status"]), (200, &json!("Cancelled")));
}

#[tokio::test]
async fn machines_are_read_with_and_without_a_version_in_the_path() {
    let shell = Shell::plain().await;
    let (status, machine) = shell.get(&format!("/api/v1.0/machines/{}", id(2))).await;
    assert_eq!((status, &machine["computerDnsName"]), (200, &json!("pc-2.example.com")));
    let (status, listed) = shell.get("/api/machines?$top=3&$skip=1").await;
    assert_eq!((status, listed["value"].as_array().map(Vec::len)), (200, Some(3)));
}

#[tokio::test]
async fn links_to_next_pages_stay_on_the_host_that_was_asked() {
    let options = TenantOptions { page_rows: 3, ..unlimited() };
    let shell = Shell::new(options, ShellOptions::default()).await;
    let (_, first) = shell.get("/api/machines").await;
    let link = first["@odata.nextLink"].as_str().unwrap();
    let path = link.strip_prefix(&shell.served.url).unwrap();
    let (_, second) = shell.get(path).await;
    assert_eq!(second["value"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_wrong_secret_and_a_missing_token_are_401() {
    let shell = Shell::plain().await;
    let (status, body) = shell.sign_in("wrong").await;
    assert_eq!((status, &body["error"]), (401, &json!("invalid_client")));
    let url = format!("{}/api/machines", shell.served.url);
    let (status, body) = answer(shell.client.get(url)).await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("Unauthorized")));
}

#[tokio::test]
async fn a_refusal_carries_retry_after_beside_the_servers_date() {
    let limits = vec![Window::parse("1/1h").unwrap()];
    let shell = Shell::new(TenantOptions { limits, ..unlimited() }, ShellOptions::default()).await;
    assert_eq!(shell.offboard(0).await.0, 201);
    let path = format!("/api/machines/{}/offboard", id(1));
    let request = shell.request(Method::POST, &path).json(&json!({"Comment": "Retired"}));
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 429);
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    assert!(response.headers()["date"].to_str().unwrap().ends_with(" GMT"));
    assert_eq!(response.headers().get_all("date").iter().count(), 1);
}

#[tokio::test]
async fn the_log_is_told_without_a_token() {
    let limits = vec![Window::parse("9/1h").unwrap()];
    let shell = Shell::new(TenantOptions { limits, ..unlimited() }, ShellOptions::default()).await;
    shell.offboard(0).await;
    shell.offboard(9).await;
    let url = format!("{}/simulator/log", shell.served.url);
    let (status, log) = answer(shell.client.get(url)).await;
    assert_eq!(status, 200);
    let window =
        |group, most| json!({"group": group, "limit": 9, "seconds": 3_600.0, "most": most});
    let expected = json!({
        "posts": 2,
        "max_posts_per_machine": 1,
        "effects_total": 1,
        "max_effects_per_machine": 1,
        "machines_with_two_effects": [],
        "posts_after_effect": 0,
        "fullest": [window("posts", 2), window("reads", 0), window("cancels", 0)],
        "refused_429": 0
    });
    assert_eq!(log, expected);
}

#[tokio::test]
async fn an_unknown_path_is_404_in_defenders_own_shape() {
    let shell = Shell::plain().await;
    let (status, body) = shell.get("/api/alerts").await;
    assert_eq!((status, &body["error"]["code"]), (404, &json!("NotFound")));
}

#[tokio::test]
async fn latency_lies_on_both_sides_of_the_arrival() {
    let latency = Duration::from_millis(60)..Duration::from_millis(60);
    let shell = Shell::new(unlimited(), ShellOptions { latency, ..ShellOptions::default() }).await;
    let started = tokio::time::Instant::now();
    let (status, _) = shell.offboard(0).await;
    assert_eq!(status, 201);
    assert!(started.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn shutting_down_ends_the_server_and_leaves_the_truth() {
    let shell = Shell::plain().await;
    shell.offboard(0).await;
    let Shell { served, client, .. } = shell;
    let tenant = Arc::clone(&served.tenant);
    drop(client);
    served.end().await;
    assert_eq!(tenant.lock().unwrap().effects()[&id(0)], 1);
}
