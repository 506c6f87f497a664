//! Words that are nearly the same: typing errors, and options that were cut short.

/// The words that were probably meant, the most similar ones first; none where nothing is near: a
/// wrong tip is worse than none.
pub(super) fn similar<'w>(typed: &str, words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    /// More would be a list to read.
    const SHOWN_MAX: usize = 3;
    let letters = typed.chars().count();
    // One error in a short word, two in a longer one.
    let errors_max = if letters < 3 { 0 } else { 1 + letters / 6 };
    let rank = |word: &str| {
        let begins = letters >= 3 && word.starts_with(typed);
        let errors = errors(typed, word);
        (begins || errors <= errors_max).then_some(if begins { 1 } else { errors })
    };
    let mut near: Vec<(usize, &str)> =
        words.filter_map(|word| rank(word).map(|rank| (rank, word))).collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(SHOWN_MAX).map(|(_, word)| word).collect()
}

/// How many letters are wrong, missing, too many or exchanged with their neighbour.
fn errors(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<usize>>()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let is_other = usize::from(one[i - 1] != other[j - 1]);
            let mut least =
                (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + is_other);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_and_short_forms_are_near_and_other_words_are_not() {
        let words = ["output", "auth", "log-format", "only", "expect-count", "expect-plan", "yes"];
        for (typed, meant) in [
            ("outptu", vec!["output"]),
            ("ouput", vec!["output"]),
            ("watch", vec![]),
            ("format", vec![]),
            ("limit", vec![]),
            ("onyx", vec![]),
            ("expect", vec!["expect-count", "expect-plan"]),
            ("y", vec![]),
            ("yse", vec!["yes"]),
        ] {
            assert_eq!(similar(typed, words.into_iter()), meant, "{typed}");
        }
    }
}
