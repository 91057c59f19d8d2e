//! Branch tables, and the stubs in which values are carried to where an entry goes.
//!
//! Not other branches. Invariant: no relative depth has a stub label between branch tables.

use crate::Error;
use crate::function::FuncTranslator;
use wasmite_core::heap::Grow;
use wasmite_isa::{Label, Op};
use wasmite_module::BrTable;

impl FuncTranslator<'_> {
    pub(crate) fn br_table(&mut self, table: &BrTable<'_>) -> Result<(), Error> {
        let entries = table.len();
        self.limit(
            "branch table targets",
            entries.into(),
            self.options.limits.branch_targets.into(),
        )?;
        let index = self.pop();
        let arity = self.target(table.default()).arity(self.module);
        self.prepare_carry(arity);
        let index = self.operand(Op::BranchTable, 0, index);
        self.make_table_room(entries as usize + 1, arity)?;
        let at = self.asm.branch_table(index, entries + 1);
        let depths = table.targets().chain([table.default()]);
        for (entry, depth) in depths.enumerate() {
            let label = self.table_label(depth, arity);
            self.asm.table_entry(at, entry as u32, label);
        }
        self.table_stubs(arity);
        self.leave();
        Ok(())
    }

    /// Where an entry of a branch table goes: the block's label, or a stub that carries values there first.
    fn table_label(&mut self, depth: u32, arity: usize) -> Label {
        let target = self.target(depth);
        if !self.needs_carry(arity, target.height) && !self.needs_exchange(&target) {
            return target.label;
        }
        if let Some(label) = self.stub_labels[depth as usize] {
            return label;
        }
        let label = self.asm.label();
        self.stub_labels[depth as usize] = Some(label);
        self.stubs.put(depth);
        label
    }

    /// Emits the stubs of a branch table, and forgets them.
    fn table_stubs(&mut self, arity: usize) {
        for at in 0..self.stubs.len() {
            let depth = self.stubs[at];
            if let Some(stub) = self.stub_labels[depth as usize].take() {
                self.bind(stub);
                let target = self.target(depth);
                self.carry(arity, target.height);
                self.exchange_for(&target);
                self.asm.jump(target.label);
            }
        }
        self.stubs.clear();
    }
}
