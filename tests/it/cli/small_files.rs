//! Files that are read whole: no pipe is waited for, no device is read to its end, and who else can
//! read a key is asked wherever the key is read.

use std::process::Command;

use crate::support::desk::Desk;
use crate::support::machines::list;

use super::credentials::{certificate_until, run};

const PLAN: &str = "plan fleet.csv --comment x";

/// A desk with a pipe that nobody writes to, and files that are larger than a secret, and than
/// everything.
fn desk() -> Desk {
    let desk = Desk::holding(&list(3), "");
    assert!(Command::new("mkfifo").arg(desk.path("pipe")).status().unwrap().success());
    desk.private_file("secret", "x".repeat((64 << 10) + 1));
    desk.private_file("large", " ".repeat((8 << 20) + 1));
    desk
}

#[test]
fn no_file_that_is_read_whole_makes_a_command_wait_or_fills_its_memory() {
    let desk = desk();
    for (name, why) in [("pipe", "no file"), ("/dev/zero", "no file"), ("secret", "64 KiB")] {
        desk.file("settings.toml", format!("[profile.contoso]\nsecret_file = '{name}'\n"));
        let words = format!("{PLAN} --profile contoso --config settings.toml");
        run(&desk, &words, &[]).ends_with(6).says(why);
        run(&desk, PLAN, &[("AZURE_FEDERATED_TOKEN_FILE", name)]).ends_with(6).says(why);
    }
    for (name, why) in [("pipe", "no file"), ("/dev/zero", "no file"), ("large", "1 MiB")] {
        run(&desk, PLAN, &[("AZURE_CLIENT_CERTIFICATE_PATH", name)]).ends_with(6).says(why);
        desk.run(&format!("{PLAN} --ca-file {name}")).ends_with(2).says(why);
        desk.run(&format!("status --config {name}")).ends_with(2).says(why);
        desk.run(&format!("simulator --certificate {name}")).ends_with(2).says("cannot be read");
        desk.run(&format!("audit verify --head {name}")).ends_with(2).says("cannot be read");
    }
    for (name, why) in [("pipe", "regular file"), ("/dev/zero", "regular file"), ("large", "8 MiB")]
    {
        desk.run(&format!("{PLAN} --protect {name}")).ends_with(2).says(why);
    }
    for words in ["plan pipe --comment x", "simulator --machines pipe"] {
        desk.run(words).ends_with(3).says("not a regular file");
    }
}

#[test]
fn a_certificate_whose_key_others_can_read_is_refused_wherever_it_is_used() {
    let (public, both) = certificate_until((2099, 1, 1));
    let desk = Desk::with_file("fleet.csv", list(3));
    desk.file("public.pem", public).private_file("app.pem", both);
    let desk = desk.beside("--machines fleet.csv --fleet ordinary --certificate public.pem");
    let by_certificate = [("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem")];
    run(&desk, PLAN, &by_certificate).ends_with(0);
    for mode in [0o644, 0o640] {
        desk.set_mode("app.pem", mode);
        for words in [PLAN, "check"] {
            let said = run(&desk, words, &by_certificate).ends_with(6);
            let why = format!("app.pem (certificate) can be read by others (mode {mode:04o})");
            said.says(&why).says("chmod 600 app.pem").never_says("warn ");
        }
    }
}
