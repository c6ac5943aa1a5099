//! Arrays, and kernels called on them: from burn's tensors of one backend to [`Array`] and back.

use burn::backend::{Dispatch, tensor::FloatTensor};
use burn::tensor::Tensor;

/// A flat f32 array on a device.
pub type Array = Tensor<1>;

/// A kernel's output as an array.
pub(super) fn wrap(t: FloatTensor<Dispatch>) -> Array {
    Array::from_dispatch(t)
}

/// Functions on arrays of the same names as the kernels of a trait: their arrays, then their parameters, then how many
/// arrays they return.
macro_rules! on_arrays {
    (@returned 1) => { Array };
    (@returned 2) => { (Array, Array) };
    (@returned 3) => { (Array, Array, Array) };
    (@wrapped 1 $made:expr) => { wrap($made) };
    (@wrapped 2 $made:expr) => {{ let (a, b) = $made; (wrap(a), wrap(b)) }};
    (@wrapped 3 $made:expr) => {{ let (a, b, c) = $made; (wrap(a), wrap(b), wrap(c)) }};
    ($kernels:ident: $( $(#[$doc:meta])* $name:ident ( $($a:ident),* ; $($p:ident : $t:ty),* ) -> $n:tt; )*) => { $(
        $(#[$doc])*
        pub fn $name($($a: Array,)* $($p: $t),*) -> on_arrays!(@returned $n) {
            on_arrays!(@wrapped $n <Dispatch as $kernels>::$name($($a.into_dispatch(),)* $($p),*))
        }
    )* };
}

pub(super) use on_arrays;
