//! The names of a dataset become slots, or a sentence that says what was probably meant.

use insula_model::DatasetDefinition;

use crate::near::nearest;

/// Looks names up and says what was probably meant.
pub(crate) struct Names<'a> {
    pub(crate) dataset: &'a DatasetDefinition,
}

impl Names<'_> {
    pub(crate) fn measure(&self, name: &str) -> Result<u8, String> {
        let found = self.dataset.measure(name).map(|m| m.slot);
        let other = self.dataset.dimension(name).map(|_| "It is a dimension.");
        found.ok_or_else(|| {
            self.unknown("measure", name, other, self.dataset.measures.iter().map(|m| m.name.as_str()))
        })
    }

    pub(crate) fn dimension(&self, name: &str) -> Result<u8, String> {
        let found = self.dataset.dimension(name).map(|d| d.slot);
        let other = self.dataset.measure(name).map(|_| "It is a measure.");
        found.ok_or_else(|| {
            self.unknown("dimension", name, other, self.dataset.dimensions.iter().map(|d| d.name.as_str()))
        })
    }

    fn unknown<'a>(
        &self,
        what: &str,
        name: &str,
        other: Option<&str>,
        names: impl Iterator<Item = &'a str> + Clone,
    ) -> String {
        let short: String = name.chars().take(60).collect();
        let hint = match (other, nearest(name, names.clone())) {
            (Some(other), _) => other.to_owned(),
            (None, Some(near)) => format!("Did you mean {near:?}?"),
            (None, None) => {
                let all: Vec<&str> = names.collect();
                if all.is_empty() {
                    format!("It has no {what}s.")
                } else {
                    format!("It has {}.", all.join(", "))
                }
            }
        };
        format!("The dataset {:?} has no {what} {short:?}. {hint}", self.dataset.name)
    }
}
