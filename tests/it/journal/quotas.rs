//! Whose calls count against whose windows.

use mde_offboard::domain::{Call, CallId, Freeze, LimitGroup, Realm, Tenant};
use mde_offboard::journal::{Changes, Journal, QuotaOwner};
use rusqlite::Connection;

use super::setup::{at, open, place, runner, tenant};

const POSTS: LimitGroup = LimitGroup::Posts;

fn owner(name: &str, app: Option<&str>) -> QuotaOwner {
    QuotaOwner { tenant: tenant(name), app: app.map(str::to_owned) }
}

/// Notes a call and a pause for an owner, or for nobody.
fn call(journal: &mut Journal, whose: Option<QuotaOwner>, id: i64) {
    if let Some(whose) = whose {
        journal.count_for(whose);
    }
    let receipt = Some(at(id).into());
    let calls = vec![Call { id: CallId(id), group: POSTS, sent_at: at(id), receipt }];
    let freezes = vec![Freeze { group: POSTS, until: at(1_000 + id).into(), streak: 1 }];
    journal.commit(&Changes { calls, freezes, ..Changes::default() }).unwrap();
}

/// The calls and the pauses that count for an owner, by their numbers.
fn counted(journal: &mut Journal, whose: QuotaOwner) -> (Vec<i64>, Vec<i64>) {
    journal.count_for(whose);
    let history = journal.history(10).unwrap();
    let pauses = history.freezes.iter();
    let pauses = pauses.map(|it| it.until.wall.since(at(1_000)).as_secs().cast_signed());
    (history.calls.iter().map(|call| call.id.0).collect(), pauses.collect())
}

#[test]
fn calls_and_pauses_count_for_their_app_in_their_tenant_alone() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    call(&mut journal, Some(owner("a", Some("x"))), 1);
    call(&mut journal, Some(owner("b", Some("x"))), 2);
    call(&mut journal, Some(owner("a", Some("y"))), 3);
    let other_realm = Tenant { realm: Realm::Gcc, ..tenant("a") };
    call(&mut journal, Some(QuotaOwner { tenant: other_realm, app: Some("x".to_owned()) }), 4);
    // The same again, by another process.
    drop(journal);
    let mut journal = open(&path);
    call(&mut journal, Some(owner("a", Some("x"))), 5);
    assert_eq!(counted(&mut journal, owner("a", Some("x"))), (vec![1, 5], vec![5]));
    assert_eq!(counted(&mut journal, owner("b", Some("x"))), (vec![2], vec![2]));
    assert_eq!(counted(&mut journal, owner("a", Some("y"))), (vec![3], vec![3]));
    assert_eq!(counted(&mut journal, owner("c", Some("x"))), (vec![], vec![]));
}

#[test]
fn what_is_not_known_counts_for_all_that_it_could_be() {
    let mut journal = Journal::in_memory().unwrap();
    call(&mut journal, None, 1);
    call(&mut journal, Some(owner("a", None)), 2);
    call(&mut journal, Some(owner("a", Some("x"))), 3);
    call(&mut journal, Some(owner("b", Some("x"))), 4);
    assert_eq!(counted(&mut journal, owner("a", Some("x"))).0, [1, 2, 3]);
    assert_eq!(counted(&mut journal, owner("a", Some("y"))).0, [1, 2]);
    assert_eq!(counted(&mut journal, owner("a", None)).0, [1, 2, 3]);
    assert_eq!(counted(&mut journal, owner("b", Some("x"))).0, [1, 4]);
}

#[test]
fn who_looks_on_sees_the_windows_of_the_app_that_called_last() {
    let mut journal = Journal::in_memory().unwrap();
    call(&mut journal, Some(owner("a", Some("x"))), 1);
    call(&mut journal, Some(owner("b", Some("y"))), 2);
    let seen = |name: &str| {
        let history = journal.history_in(&tenant(name), 10).unwrap();
        history.calls.iter().map(|call| call.id.0).collect::<Vec<_>>()
    };
    assert_eq!((seen("a"), seen("b"), seen("c")), (vec![1], vec![2], vec![]));
}

#[test]
fn the_history_of_an_older_journal_counts_for_everybody() {
    let (_folder, path) = place();
    drop(open(&path));
    // As a program of before left it.
    let older = Connection::open(&path).unwrap();
    older
        .execute_batch(
            "DROP TABLE quotas;
             ALTER TABLE calls DROP COLUMN quota;
             DROP TABLE freezes;
             CREATE TABLE freezes (limit_group TEXT NOT NULL PRIMARY KEY, until INTEGER NOT NULL,
                 streak INTEGER NOT NULL, until_boot BLOB, until_since_boot INTEGER)
                 STRICT, WITHOUT ROWID;
             DROP TABLE phantoms;
             CREATE TABLE phantoms (limit_group TEXT NOT NULL, \"limit\" INTEGER NOT NULL,
                 window_micros INTEGER NOT NULL, calls INTEGER NOT NULL, until INTEGER NOT NULL,
                 until_boot BLOB, until_since_boot INTEGER,
                 PRIMARY KEY (limit_group, window_micros)) STRICT, WITHOUT ROWID;
             INSERT INTO calls (id, limit_group, sent_at, receipt_at) VALUES (1, 'posts', 5, 6);
             INSERT INTO freezes (limit_group, until, streak) VALUES ('posts', 7, 1);
             INSERT INTO phantoms (limit_group, \"limit\", window_micros, calls, until)
                 VALUES ('posts', 100, 60000000, 3, 7);
             PRAGMA user_version = 6;",
        )
        .unwrap();
    older.close().unwrap();
    let sizes = |journal: &Journal| {
        let history = journal.history_in(&tenant("a"), 10).unwrap();
        (history.calls.len(), history.freezes.len(), history.phantoms.len())
    };
    let reader = Journal::open_reader(&path).unwrap();
    assert_eq!(sizes(&reader), (1, 1, 1));
    drop(reader);
    let mut journal = Journal::open_runner(&path, runner()).unwrap();
    assert_eq!(sizes(&journal), (1, 1, 1));
    assert_eq!(counted(&mut journal, owner("b", Some("y"))).0, [1]);
}
