//! What is said of lists without machine IDs, so that a person gets them.

use crate::support::desk::Desk;
use crate::support::program::Said;

use super::rehearsed::{self, TOO_MANY};

const A: &str = "f503ccbc3d52af6e56a47a212e2cde219f9f9d70";
const B: &str = "e5353879bd69bfddcb465dad176ff52db8319d6f";
const G: &str = "c9f80afe-ab7d-54ba-87a3-c7af16363e6f";
const H: &str = "448d8aab-5165-55cf-97c1-375f3d537637";

/// What is said of a list that is refused, with `<A>`, `<B>` for IDs and `<G>`, `<H>` for GUIDs.
fn refused(name: &str, list: &str) -> Said {
    let known = [("<A>", A), ("<B>", B), ("<G>", G), ("<H>", H)];
    let list = known.iter().fold(list.to_owned(), |list, (name, id)| list.replace(name, id));
    let desk = Desk::with_file(name, &list);
    let said = rehearsed::refused(&desk, name);
    // What is piped in is told the same.
    let piped = desk.hand(&format!("{TOO_MANY} -"), list.as_bytes()).ends_with(3);
    let hint = |said: &Said| said.err.split_once("hint: ").map(|(_, hint)| hint.to_owned());
    assert_eq!(hint(&piped), hint(&said), "{piped}\n{said}");
    said
}

#[test]
fn names_of_hosts_lead_to_a_query_that_gives_their_ids() {
    let newest = "| summarize arg_max(Timestamp, *) by DeviceId | project DeviceId, DeviceName";
    let full = "DeviceInfo | where DeviceName in~ (\"pc-1.corp.net\",\"pc-2.corp.net\") |";
    for (name, list) in [
        ("hosts.txt", "pc-1.corp.net\npc-2.corp.net\n"),
        ("hosts.csv", "Device Name\npc-1.corp.net\npc-2.corp.net\n"),
        ("owners.csv", "Owner;Hostname\nme;pc-1.corp.net\nme;pc-2.corp.net\n"),
        ("id.csv", "DeviceId,x\npc-1.corp.net,1\npc-2.corp.net,1\n"),
        ("names.json", "[\"pc-1.corp.net\", \"PC-1.corp.net\", \"pc-2.corp.net\"]"),
        ("names.json", "[{\"name\": \"pc-1.corp.net\"}, {\"name\": \"pc-2.corp.net\"}]"),
        ("other.csv", "Nom de l'appareil,Ville\npc-1.corp.net,Lyon\npc-2.corp.net,Lyon\n"),
    ] {
        refused(name, list).says(full).says(newest).says("`Device ID` in the portal's export");
    }
    // Hunting has full names, so a short one is compared with the first label as well.
    let short = "where DeviceName in~ (\"pc-1\",\"pc-2\") or \
        tostring(split(DeviceName, \".\")[0]) in~ (\"pc-1\",\"pc-2\") |";
    refused("hosts.txt", "pc-1\npc-2\n").says(short);
    refused("hosts.txt", "CORP\\pc-1$\r\nCORP\\pc-2$\r\n").says(short);
    let many: Vec<String> = (0..300).map(|number| format!("pc-{number}")).collect();
    let many = many.join("\n");
    let said = refused("hosts.txt", &many).says("for the first 100 and then for the others");
    assert!(said.err.contains("\"pc-99\"") && !said.err.contains("\"pc-100\""), "{said}");
}

#[test]
fn a_query_holds_nothing_but_names() {
    let said = refused(
        "a.csv",
        "Device Name\npc-1\n\"x\"\") | project Secret\"\npc-2\n\
        pc-3\npc-4\npc-5\npc-6\npc-7\npc-8\npc-9\n",
    );
    assert!(said.err.contains("\"pc-1\",\"pc-2\"") && !said.err.contains("Secret"), "{said}");
}

#[test]
fn ids_of_entra_and_intune_are_told_apart_and_lead_to_defenders() {
    let by_entra = format!("DeviceInfo | where AadDeviceId in~ (\"{G}\") |");
    refused("i.csv", "Device ID,Device name,Enrollment date,Azure AD Device ID\n<H>,x,2024,<G>\n")
        .says("this is Intune's device ID")
        .says("`Device ID` holds Intune's device IDs, `Azure AD Device ID` holds Entra's")
        .says(&by_entra)
        .says("`Device ID` in the portal's export");
    refused(
        "i.json",
        "[{\"id\": \"<H>\", \"azureADDeviceId\": \"<G>\", \"complianceState\": \"x\"}]",
    )
    .says("entry 1, key `id`")
    .says("`id` holds Intune's device IDs")
    .says(&by_entra);
    refused("e.csv", "displayName,objectId,deviceId,accountEnabled\nx,<H>,<G>,True\n")
        .says("`objectId` holds Entra's object IDs, `deviceId` holds Entra's device IDs")
        .says(&by_entra);
    refused("g.csv", "id,displayName,deviceId,trustType\n<H>,x,<G>,AzureAd\n")
        .says("`id` holds Entra's object IDs")
        .says(&by_entra);
    refused("d.csv", "Gerätename;Azure AD-Geräte-ID\nx;<G>\n").says(&by_entra);
    refused("t.csv", "Name,aadDeviceId,TenantId\nx,<G>,<H>\n").says(&by_entra);
    refused("guids.txt", "<G>\n").says("IDs of Entra or Intune").says(&by_entra);
    // Nothing leads from Intune's IDs to Defender's but the names beside them.
    refused("m.csv", "Intune Device ID,Device name\n<H>,pc-1.corp.net\n")
        .says("holds Intune's device IDs")
        .says("where DeviceName in~ (\"pc-1.corp.net\")");
}

#[test]
fn links_lead_to_the_ids_in_them() {
    let found = format!("the ID is the 40 digits after `/machines/`, here `{A}`");
    let link = "https://security.microsoft.com/machines/v2/<A>/overview?tid=0";
    let old = "https://securitycenter.windows.com/machines/<A>";
    let api = "https://api.securitycenter.microsoft.com/api/machines/<A>/offboard";
    for link in [link, old, api] {
        refused("links.txt", &format!("{link}\n{link}\n")).says(&found);
        refused("one.txt", &format!("{link}\n")).says(&found);
        refused("links.csv", &format!("Device,Link\nd0,{link}\nd1,{link}\n")).says(&found);
        refused("id.csv", &format!("Device ID,Name\n{link},d0\n")).says(&format!("write `{A}`"));
    }
    refused("links.json", &format!("[\"{link}\"]")).says(&found);
    // No digits are cut out of more of them.
    let said = refused("id.csv", &format!("Device ID,Name\n{}0/overview,d0\n", &link[..46]));
    assert!(!said.err.contains("write `"), "{said}");
}

#[test]
fn several_ids_on_a_line_are_never_one_machine() {
    let one_a_line = "write one machine ID a line";
    for (name, list) in [
        ("ids.csv", "Device ID,Device Name\n<A>,<B>\n"),
        ("ids.txt", "<A> <B>\n"),
        ("ids.txt", "<A>,<B>\n"),
        ("ids.txt", "<A>;<B>;<A>\n"),
        ("ids.txt", "<A>\n<A>,<B>\n"),
        ("ids.txt", "<A>\n<A> <B>\n"),
        ("ids.csv", "Device ID,Name\n\"<A>; <B>\",x\n"),
        ("ids.csv", "Device ID\n<A>,<B>\n"),
        ("ids.json", "[\"<A> <B>\"]"),
        ("ids.json", "[{\"id\": \"<A>\", \"computerDnsName\": \"<B>\"}]"),
    ] {
        refused(name, list).says(one_a_line);
    }
    // A machine that is called by its ID is one machine.
    let desk =
        Desk::with_file("ids.csv", format!("Device ID,Device Name\n{A},{}\n", A.to_uppercase()));
    desk.run(&format!("{TOO_MANY} ids.csv")).ends_with(7).says("1 machine would be sent");
}

#[test]
fn title_rows_above_the_header_are_told_with_its_line() {
    let looks =
        |line: u8| format!("line 1 is not a header, but line {line} looks like one\nhint: remove");
    for (list, line) in [
        ("Inactive devices\nGenerated,2026-10-01 07:00\n\nDevice ID,Name\n<A>,t0\n", 4),
        ("Retired devices;;\n\"DeviceId\";\"Name\";\"x\"\n\"<A>\";\"x\";\"y\"\n", 2),
        ("Inactive devices,\r\nGenerated: 2026,\r\nDevice ID,Device Name\r\n<A>,t0\r\n", 3),
        ("Rapport; par moi, hier\n\nDevice ID;Nom\n<A>;t0\n", 3),
        ("Bericht\nGeräte\nName;Device ID\nt0;<A>\n", 3),
        ("Retired devices\nDevice ID\n<A>\n", 2),
        ("\"Retired\"\n\"DeviceId\"\t\"Name\"\n\"<A>\"\t\"x\"\n", 2),
    ] {
        refused("report.csv", list).says(&looks(line));
    }
}

#[test]
fn what_powershell_lost_is_told_with_the_way_to_keep_it() {
    let lengths = "`Export-Csv` wrote the length of each text instead of the text";
    for list in [
        "#TYPE System.String\r\n\"Length\"\r\n\"40\"\r\n\"40\"\r\n",
        "\"Length\"\n\"40\"\n",
        "\"PSPath\",\"PSChildName\",\"PSProvider\",\"ReadCount\",\"Length\"\n\
         \"C:\\x\",\"x\",\"F\",\"1\",\"40\"\n",
    ] {
        refused("ids.csv", list).says(lengths).says("`Set-Content ids.txt`");
    }
    for list in [
        "\r\nId                                       ComputerDnsName\r\n\
         --                                       ---------------\r\n\
         <A> pc0\r\n",
        "\r\nId                              \r\n--                              \r\n\
         <A>\r\n",
    ] {
        refused("out.txt", list).says("Export-Csv");
    }
}

#[test]
fn a_column_of_ids_with_an_unknown_name_is_named() {
    refused("d.csv", "Gerätename;Geräte-ID\nx;<A>\ny;<B>\n")
        .says("`Geräte-ID` holds machine IDs; to use them: --id-column \"Geräte-ID\"");
    refused("d.json", "[{\"sensor\": \"<A>\"}, {\"sensor\": \"<B>\"}]")
        .says("no key of the entries is known to hold machine IDs")
        .says("--id-column \"sensor\"");
    refused("d.csv", "Old,New\n<A>,<B>\n").says("`Old`, `New` hold machine IDs; choose one");
    // Nothing is known of this one.
    refused("d.csv", "Name,City\n\"A, B\",Ulm\n").says("name the column with --id-column");
}
