//! The classes, their defaults, and the words they share with the journal.

use mde_offboard::domain::Reason;
use mde_offboard::guard::{Class, ClassError, Needed, Treatment, Treatments, names_agree};

#[test]
fn each_class_is_a_reason_of_the_journal() {
    for class in Class::ALL {
        assert_eq!(Reason::from_word(class.word()), Some(class.reason()), "{class}");
    }
}

#[test]
fn a_list_can_tell_what_a_machine_runs_and_whether_it_is_onboarded() {
    for class in Class::ALL {
        let needed = match class {
            Class::Unsupported | Class::OtherSystem => Some(Needed::System),
            Class::NotOnboarded => Some(Needed::Onboarding),
            _ => None,
        };
        assert_eq!(class.needs(), needed, "{class}");
    }
}

#[test]
fn a_name_without_one_machine_is_refused_or_left_out_and_never_sent() {
    for class in [Class::NameAmbiguous, Class::NameNotFound] {
        assert_eq!(Treatment::by_default(class), Treatment::Refuse);
        assert!(!class.may_be_sent());
    }
}

#[test]
fn a_person_may_have_any_class_left_out_and_sends_only_what_may_be_sent() {
    for class in Class::ALL {
        let said = |what: &str| Treatments::parse(&format!("{class}={what}"));
        let sent = match class {
            Class::AlreadyRequested => Err(ClassError::Again),
            Class::NameAmbiguous | Class::NameNotFound => Err(ClassError::NoMachine(class)),
            Class::Protected | Class::InOtherBatch | Class::Merged | Class::Unsupported => {
                Err(ClassError::NeverSent(class))
            }
            _ => Ok((class, Treatment::Send)),
        };
        assert_eq!(said("send"), sent, "{class}");
        assert_eq!(said("skip"), Ok((class, Treatment::Skip)));
        assert_eq!(said("refuse"), Ok((class, Treatment::Refuse)));
        for other in ["adopt", "Send", ""] {
            assert_eq!(said(other), Err(ClassError::Form), "{class}={other}");
        }
    }
    assert_eq!(Treatments::parse("ready"), Err(ClassError::Form));
}

#[test]
fn a_class_that_does_not_exist_is_answered_with_all_that_do() {
    let error = Treatments::parse("old=skip").unwrap_err().to_string();
    assert!(error.starts_with("no class `old`; there are protected, in_other_batch, "), "{error}");
    for class in Class::ALL {
        assert!(error.contains(class.word()), "{class}: {error}");
    }
}

#[test]
fn what_a_person_said_of_a_class_is_kept_and_the_last_word_counts() {
    let said = [
        (Class::Inactive, Treatment::Skip),
        (Class::NotFound, Treatment::Send),
        (Class::Inactive, Treatment::Refuse),
    ];
    let treatments = Treatments::new(&said).sending_again(true);
    assert_eq!(treatments.said(), said);
    assert_eq!(treatments.of(Class::Inactive), Treatment::Refuse);
    assert_eq!(treatments.of(Class::Merged), Treatment::Skip, "nobody said anything");
}

#[test]
fn names_agree_where_they_may_be_of_one_device() {
    for (one, other, agree) in [
        ("pc-1", " PC-1 ", true),
        ("pc-1", "pc-1.corp.example", true),
        ("pc-1.corp.example", "PC-1.CORP.example", true),
        ("pc-1.corp.example", "pc-1.lab.example", false),
        ("pc-1", "pc-10.corp.example", false),
        ("corp.example", "pc-1.corp.example", false),
    ] {
        assert_eq!(names_agree(one, other), agree, "{one} {other}");
        assert_eq!(names_agree(other, one), agree, "{other} {one}");
    }
}

/// The tenant's names are kept with escapes for what cannot be seen; a list has it as it is.
#[test]
fn a_sign_that_cannot_be_seen_does_not_make_a_name_differ() {
    assert!(names_agree("pc\u{ad}-1", "PC\\u{ad}-1.corp.example"));
    assert!(names_agree("C:\\u{41}", "c:\\u{41}"), "a name that looks like an escape");
    assert!(!names_agree("pc\u{ad}-1", "pc-1"));
}
