//! The steps of an operation, ticking off on standard error while one watches.

use super::Out;
use super::phase::Phase;
use crate::client::answers::Operation;

/// Shows every step once, when it is done, and turns a spinner on the one that is under way.
pub(crate) struct Steps {
    out: Out,
    shown: Vec<String>,
    running: Option<(usize, Phase)>,
}

impl Steps {
    pub(crate) fn new(out: Out) -> Self {
        Self { out, shown: Vec::new(), running: None }
    }

    pub(crate) fn show(&mut self, operation: &Operation) {
        self.shown.resize(operation.steps.len(), String::new());
        for (index, step) in operation.steps.iter().enumerate() {
            if self.shown[index] == step.status {
                continue;
            }
            if matches!(step.status.as_str(), "done" | "failed" | "undone") {
                self.running = None;
                let took = step.ms.map(|ms| format!("{ms} ms")).unwrap_or_default();
                let mark = match step.status.as_str() {
                    "done" => self.out.err.green("✓"),
                    "failed" => self.out.err.red("✗"),
                    _ => self.out.err.yellow("↶"),
                };
                eprintln!("  {mark} {:<44} {}", step.label, self.out.err.dim(&took));
            } else if step.status == "running" && self.running.as_ref().is_none_or(|(i, _)| *i != index) {
                let phase = Phase::begin(self.out, &step.label);
                let again =
                    if operation.attempt > 1 { format!("try {}", operation.attempt) } else { String::new() };
                phase.doing(again);
                self.running = Some((index, phase));
            }
            self.shown[index].clone_from(&step.status);
        }
        if operation.ended() {
            self.running = None;
        }
    }
}
