//! Instantiation (spec 3.0, "Instantiation"): imports are checked, entities made, active segments copied.
//!
//! Not the start function, which the caller runs, nor looking names up. Invariant: a failure before the first active
//! segment leaves the store as it was; a trap in one leaves everything that was made, because other instances may have
//! references to it by then.

use crate::entity::{FuncEntity, IndexSet, InstanceEntity, room_for};
use crate::{Error, Extern, Instance, Limiter, Program, Store, const_expr};
use alloc::{boxed::Box, vec::Vec};
use core::ptr::from_ref;
use wasmite_core::heap::Grow;
use wasmite_core::{DataIdx, ElemIdx, FuncIdx, Limits, Matches};
use wasmite_module::{Import, ImportType, Module, SegmentMode};

impl Store {
    /// Makes an instance of `program`. `imports` are in the order of the module's imports.
    pub fn instantiate(
        &mut self,
        program: &Program,
        imports: &[Extern],
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Instance, Error> {
        self.check_imports(program, imports)?;
        self.check_instances(limiter.as_deref())?;
        let mark = self.mark();
        let made = self.make_instance(program, imports, limiter);
        self.moved();
        let addr = made.inspect_err(|_| self.rewind(&mark))?;
        self.copy_segments(addr)?;
        Ok(Instance::new(self.id(), addr))
    }

    fn check_imports(&self, program: &Program, imports: &[Extern]) -> Result<(), Error> {
        if !program.engine().same(self.engine()) {
            return Err(Error::ForeignEngine);
        }
        let module = program.module();
        let (expected, given) = (module.imports().len(), imports.len());
        if expected != given {
            return Err(Error::ImportCount { expected, given });
        }
        module.imports().iter().zip(imports).try_for_each(|(import, item)| {
            if self.import_matches(program, import, *item) {
                return Ok(());
            }
            Err(Error::incompatible(module, import, self.extern_type(*item)?)?)
        })
    }

    fn import_matches(&self, program: &Program, import: &Import, item: Extern) -> bool {
        match (item, &import.ty) {
            // The same type has the same number.
            (Extern::Func(func), ImportType::Func(ty)) => {
                program.type_id(*ty) == self.funcs[func.addr(self.id()) as usize].ty
            }
            (Extern::Table(table), ImportType::Table(ty)) => self.table_type(table).matches(ty),
            (Extern::Memory(memory), ImportType::Memory(ty)) => {
                self.memory_type(memory).matches(ty)
            }
            (Extern::Global(global), ImportType::Global(ty)) => {
                self.global_type(global).matches(ty)
            }
            _ => false,
        }
    }

    fn check_instances(&self, limiter: Option<&dyn Limiter>) -> Result<(), Error> {
        let most = u64::from(self.engine().config().limits.instances);
        let most = limiter.map_or(most, |limiter| most.min(limiter.instances() as u64));
        Ok(Limits::check("instances of a store", self.instances.len() as u64 + 1, most)?)
    }

    /// Makes the instance and its entities, and returns its address.
    fn make_instance(
        &mut self,
        program: &Program,
        imports: &[Extern],
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u32, Error> {
        room_for(1, &mut self.instances)?;
        let mut instance = self.importing(program, imports)?;
        self.make_funcs(program)?;
        instance.memories = self.make_memories(program.module(), instance.memories, limiter)?;
        self.make_globals(&instance)?;
        instance.tables = self.make_tables(&instance, limiter)?;
        self.instances.put(instance);
        Ok(self.instances.len() as u32 - 1)
    }

    /// An instance that has nothing but its imports yet.
    fn importing(&self, program: &Program, imports: &[Extern]) -> Result<InstanceEntity, Error> {
        let module = program.module();
        let id = self.id();
        let funcs = imports.iter().filter_map(|item| Some(item.into_func()?.addr(id)));
        let tables = imports.iter().filter_map(|item| Some(item.into_table()?.addr(id)));
        let memories = imports.iter().filter_map(|item| Some(item.into_memory()?.addr(id)));
        let globals = imports.iter().filter_map(|item| Some(item.into_global()?.addr(id)));
        Ok(InstanceEntity {
            program: program.clone(),
            funcs: boxed(module.imported_func_count(), funcs)?,
            tables: boxed(module.imported_table_count(), tables)?,
            memories: boxed(module.imported_memory_count(), memories)?,
            imported_globals: boxed(module.imported_global_count(), globals)?,
            global_base: self.globals.len() as u32,
            func_base: self.funcs.len() as u32,
            dropped: IndexSet::with_room_for(module.elements().len() + module.data().len())?,
        })
    }

    /// Makes the functions that can be referred to, in the order that [`InstanceEntity::func_addr`] relies on.
    fn make_funcs(&mut self, program: &Program) -> Result<(), Error> {
        let module = program.module();
        let referable = module.referable_funcs();
        let imported = module.imported_func_count();
        let unreferred =
            |start: &FuncIdx| start.0 >= imported && referable.binary_search(start).is_err();
        let start = module.start().filter(unreferred);
        let defined = &referable[program.referable_imports() as usize..];
        room_for(defined.len() + usize::from(start.is_some()), &mut self.funcs)?;
        let instance = self.instances.len() as u32;
        for func in defined.iter().copied().chain(start) {
            self.funcs.put(FuncEntity {
                entry: from_ref(program.entry(func)),
                instance,
                ty: program.type_id(module.func_type_index(func)),
                host: 0,
                func,
                results: module.func_type(func).results().len() as u32,
                window: 0,
            });
        }
        Ok(())
    }

    /// Makes the defined memories, and returns the addresses of all, given those of the imported ones.
    fn make_memories(
        &mut self,
        module: &Module,
        imported: Box<[u32]>,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Box<[u32]>, Error> {
        let defined = &module.memories()[imported.len()..];
        let mut addrs = imported.into_vec();
        addrs.try_reserve_exact(defined.len())?;
        for ty in defined {
            addrs.put(self.add_defined_memory(*ty, limiter)?);
        }
        Ok(addrs.try_into_box()?)
    }

    /// Makes the defined globals, each of which may use those before it.
    fn make_globals(&mut self, instance: &InstanceEntity) -> Result<(), Error> {
        let module = instance.program.module();
        let defined = &module.globals()[instance.imported_globals.len()..];
        self.reserve_globals(defined.len())?;
        for global in defined {
            let value = match &global.init {
                Some(init) => const_expr::evaluate(init, instance, &self.globals)?,
                None => 0,
            };
            self.add_global(global.ty, value);
        }
        Ok(())
    }

    /// Makes the defined tables, and returns the addresses of all.
    fn make_tables(
        &mut self,
        instance: &InstanceEntity,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Box<[u32]>, Error> {
        let all = instance.program.module().tables();
        let mut addrs = Vec::with_room(all.len())?;
        addrs.put_all(&instance.tables);
        for table in &all[instance.tables.len()..] {
            let init = match &table.init {
                Some(init) => const_expr::evaluate(init, instance, &self.globals)?,
                None => 0,
            };
            addrs.put(self.add_table(table.ty, init, limiter)?);
        }
        Ok(addrs.try_into_box()?)
    }

    /// Copies the active segments of the instance at `addr`, each once, and drops them.
    fn copy_segments(&mut self, addr: u32) -> Result<(), Error> {
        let program = self.instances[addr as usize].program.clone();
        for (elem, segment) in (0..).map(ElemIdx).zip(program.module().elements()) {
            match &segment.mode {
                SegmentMode::Passive => continue,
                SegmentMode::Declared => {}
                SegmentMode::Active { index, offset } => {
                    let instance = &self.instances[addr as usize];
                    let table = instance.tables[index.index()];
                    let at = const_expr::evaluate(offset, instance, &self.globals)?;
                    self.init_table(addr, table, elem, at, 0, segment.items.len() as u64)?;
                }
            }
            self.drop_elem(addr, elem);
        }
        for (data, segment) in (0..).map(DataIdx).zip(program.module().data()) {
            if let SegmentMode::Active { index, offset } = &segment.mode {
                let instance = &self.instances[addr as usize];
                let memory = instance.memories[index.index()];
                let at = const_expr::evaluate(offset, instance, &self.globals)?;
                self.init_memory(addr, memory, data, at, 0, segment.range.len() as u64)?;
                self.drop_data(addr, data);
            }
        }
        Ok(())
    }
}

/// The addresses, of which there are `count`, in one allocation.
fn boxed(count: u32, addrs: impl Iterator<Item = u32>) -> Result<Box<[u32]>, Error> {
    let mut list = Vec::new();
    list.try_reserve_exact(count as usize)?;
    addrs.for_each(|addr| list.put(addr));
    Ok(list.try_into_box()?)
}
