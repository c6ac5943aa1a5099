//! The few names that tensors need. What calling them gives is in [`super::calls`].

use crate::exchange::element::Element;

/// A name that is known. Nothing of Python stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Global {
    /// `collections.OrderedDict`.
    OrderedDict,
    /// `torch._utils._rebuild_tensor_v2`.
    RebuildTensor,
    /// `torch._utils._rebuild_tensor_v3`, of types that have no storage class of their own.
    RebuildTyped,
    /// `torch._utils._rebuild_parameter`.
    RebuildParameter,
    /// `torch._utils._rebuild_parameter_with_state`.
    RebuildParameterWithState,
    /// `torch._tensor._rebuild_from_type_v2`, of tensors with attributes.
    RebuildFromType,
    /// `torch.FloatStorage` and its like.
    Storage(Element),
}

impl Global {
    /// The global of that module and name, if it is known.
    pub fn find(module: &str, name: &str) -> Option<Global> {
        match (module, name) {
            ("collections", "OrderedDict") => Some(Global::OrderedDict),
            ("torch._utils", "_rebuild_tensor_v2") => Some(Global::RebuildTensor),
            ("torch._utils", "_rebuild_tensor_v3") => Some(Global::RebuildTyped),
            ("torch._utils", "_rebuild_parameter") => Some(Global::RebuildParameter),
            ("torch._utils", "_rebuild_parameter_with_state") => Some(Global::RebuildParameterWithState),
            ("torch._tensor", "_rebuild_from_type_v2") => Some(Global::RebuildFromType),
            ("torch" | "torch.storage", class) => Element::of_storage(class).map(Global::Storage),
            _ => None,
        }
    }
}
