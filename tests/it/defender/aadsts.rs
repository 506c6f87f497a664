//! Entra's error codes: each is explained in one sentence, with what to do.

use mde_offboard::defender::explanation;

/// Those that an administrator can meet with this program.
const KNOWN: [u32; 31] = [
    7_000_215, 7_000_222, 700_016, 7_000_112, 70_001, 90_002, 900_382, 900_432, 90_038, 500_011,
    650_052, 650_057, 65_001, 700_027, 50_012, 700_030, 7_000_218, 700_025, 70_011, 28_002,
    901_002, 530_036, 65_002, 50_173, 700_082, 70_043, 53_003, 530_032, 90_055, 90_024, 90_006,
];

#[test]
fn every_known_code_has_a_sentence_and_advice() {
    for number in KNOWN {
        let code = format!("AADSTS{number}");
        let explained = explanation(&code).unwrap_or_else(|| panic!("{code} is not explained"));
        let (meaning, advice) = (explained.meaning, explained.advice);
        assert!(!meaning.is_empty() && !meaning.contains(['\n', '.']), "{code}: {meaning}");
        assert!(!advice.is_empty() && !advice.contains('\n'), "{code}: {advice}");
        assert!(meaning.len() < 100, "{code}: one short sentence: {meaning}");
    }
}

#[test]
fn what_is_no_code_of_entras_is_not_explained() {
    for text in ["", "AADSTS", "AADSTS1", "7000215", "aadsts7000215", "AADSTS7000215x", "timeout"] {
        assert_eq!(explanation(text), None, "{text}");
    }
}

#[test]
fn a_policy_that_blocks_device_codes_comes_with_the_other_ways() {
    let advice = explanation("AADSTS530036").unwrap().advice;
    for way in ["client-certificate", "managed-identity", "workload-identity", "azure-cli"] {
        assert!(advice.contains(way), "{advice}");
    }
}
