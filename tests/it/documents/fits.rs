//! Whether a document fits its schema, to the last field.

use boon::{Compiler, Schemas};
use mde_offboard::cli::schemas;
use serde_json::{Value, json};

/// Fails unless the document fits, and has no field that its schema does not tell of.
#[track_caller]
pub(crate) fn check(name: &str, document: &Value) {
    let wrong = errors(name, document);
    assert!(wrong.is_empty(), "{name}: {}\n{document:#}", wrong.join("\n"));
}

/// What is wrong with a document.
pub(super) fn errors(name: &str, document: &Value) -> Vec<String> {
    let known = schemas().into_iter().find(|schema| schema.name == name);
    let mut schema = known.expect("such a schema").schema.to_value();
    close(&mut schema);
    let (mut all, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema).expect("a document");
    let index = compiler.compile("schema.json", &mut all).expect("a schema");
    let told = all.validate(document, index).map_err(|error| error.to_string());
    told.err().into_iter().collect()
}

/// A schema lets other fields through, since later versions add some. Here none may come.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") {
                map.insert("additionalProperties".to_owned(), json!(false));
            }
            // The rules of an `allOf` are about objects that are closed already.
            map.iter_mut().filter(|(name, _)| *name != "allOf").for_each(|(_, it)| close(it));
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn a_field_too_many_one_that_is_missing_and_one_of_another_kind_are_found() {
    let error = |more: Value| {
        let mut document = json!({
            "schema": "mde-offboard.error/1", "exit_code": 2, "message": "no", "causes": [],
            "hint": null
        });
        let map = document.as_object_mut().expect("an object");
        for (name, value) in more.as_object().expect("an object") {
            if value == "gone" {
                map.remove(name);
            } else {
                map.insert(name.clone(), value.clone());
            }
        }
        errors("error", &document).len()
    };
    assert_eq!(error(json!({})), 0);
    assert_eq!(error(json!({"extra": 1})), 1);
    assert_eq!(error(json!({"hint": "gone"})), 1);
    assert_eq!(error(json!({"exit_code": "2"})), 1);
    assert_eq!(error(json!({"schema": "mde-offboard.error/2"})), 1);
}

#[test]
fn an_event_without_one_of_its_own_fields_is_found() {
    let all = json!({
        "at": "2026-11-24T00:14:15Z", "event": "submitted", "batch": 1,
        "machine_id": "ab".repeat(20), "action_id": "5382f7ea", "adopted": false
    });
    assert_eq!(errors("event", &all), Vec::<String>::new());
    for field in ["at", "event", "batch", "machine_id", "action_id", "adopted"] {
        let mut fewer = all.clone();
        fewer.as_object_mut().expect("an object").remove(field);
        assert!(!errors("event", &fewer).is_empty(), "without {field}");
    }
}
