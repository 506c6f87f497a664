//! Whether a document fits its schema, to the last field.

use jsonschema::Validator;
use mde_offboard::cli::schemas;
use serde_json::{Value, json};

/// Fails unless the document fits, and has no field that its schema does not tell of.
#[track_caller]
pub(super) fn check(name: &str, document: &Value) {
    let wrong = errors(name, document);
    assert!(wrong.is_empty(), "{name}: {}\n{document:#}", wrong.join("\n"));
}

/// What is wrong with a document.
pub(super) fn errors(name: &str, document: &Value) -> Vec<String> {
    let known = schemas().into_iter().find(|schema| schema.name == name);
    let mut schema = known.expect("such a schema").schema.to_value();
    close(&mut schema);
    let validator = Validator::new(&schema).expect("a schema");
    let wrong = validator.iter_errors(document);
    wrong.map(|error| format!("{} at {}", error, error.instance_path())).collect()
}

/// A schema lets other fields through, since later versions add some. Here none may come.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") {
                map.insert("additionalProperties".to_owned(), json!(false));
            }
            map.values_mut().for_each(close);
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
