//! A client that only reads the inventory: what the list calls cost without a look at the tenant.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde::Deserialize;

use super::bare_token::token;
use super::stopwatch::Stopwatch;

/// Rows of a full page.
const PAGE_ROWS: usize = 10_000;

/// What becomes of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Their bytes are thrown away.
    Unread,
    /// Each becomes a list of [`Row`]s, which is thrown away.
    Typed,
}

/// What a plan reads of a machine.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "to read them is what is measured")]
struct Row {
    id: String,
    computer_dns_name: Option<String>,
    os_platform: Option<String>,
    version: Option<String>,
    onboarding_status: Option<String>,
    health_status: Option<String>,
    first_seen: Option<String>,
    last_seen: Option<String>,
    merged_into_machine_id: Option<String>,
    machine_tags: Option<Vec<String>>,
    rbac_group_name: Option<String>,
    managed_by: Option<String>,
    is_excluded: Option<bool>,
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Row>,
}

/// Reads the inventory to its end, one page after the other.
pub(crate) fn read_all(url: &str, rows: Rows) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let client = Client::builder().no_proxy().build().expect("a client");
    let watch = Stopwatch::start();
    runtime.block_on(async {
        let token = token(&client, url).await;
        let mut skip = 0;
        loop {
            let address = format!("{url}/api/machines?$top={PAGE_ROWS}&$skip={skip}");
            let request = client.get(address).header(AUTHORIZATION, &token);
            let sent = request.header(ACCEPT, "application/json").send().await;
            let body = sent.expect("the simulator answers").bytes().await.expect("a whole answer");
            let is_last = match rows {
                // A short page is the last one: a full one has some ten megabytes.
                Rows::Unread => body.len() < PAGE_ROWS * 600,
                Rows::Typed => {
                    let page: Page = serde_json::from_slice(&body).expect("a page");
                    page.value.len() < PAGE_ROWS
                }
            };
            if is_last {
                return;
            }
            skip += PAGE_ROWS;
        }
    });
    watch.elapsed()
}
