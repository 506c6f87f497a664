//! The classes, their defaults, and the words they share with the journal.

use mde_offboard::domain::Reason;
use mde_offboard::guard::{Class, ClassError, Treatment, Treatments};

#[test]
fn each_class_is_a_reason_of_the_journal() {
    for class in Class::ALL {
        assert_eq!(Reason::from_word(class.word()), Some(class.reason()), "{class}");
    }
}

#[test]
fn a_name_without_one_machine_is_refused_or_left_out_and_never_sent() {
    for class in [Class::NameAmbiguous, Class::NameNotFound] {
        assert_eq!(Treatment::by_default(class), Treatment::Refuse);
        assert!(!class.may_be_sent());
        let said = |what: &str| Treatments::parse(&format!("{class}={what}"));
        assert_eq!(said("skip"), Ok((class, Treatment::Skip)));
        assert_eq!(said("refuse"), Ok((class, Treatment::Refuse)));
        assert_eq!(said("send"), Err(ClassError::NoMachine(class)));
    }
}
