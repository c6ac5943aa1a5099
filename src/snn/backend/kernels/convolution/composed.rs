//! Convolutions composed of burn's operations.

use super::super::composing::{F, array, blank, flat, plane, shape};
use super::super::layout::LayoutKernels;
use super::Convolution;
use burn::tensor::Shape;
use burn::tensor::ops::ConvOptions;

fn weight_shape(c: Convolution) -> Shape {
    Shape::new([c.outputs, c.input.channels, c.kernel, c.kernel])
}

fn options(c: Convolution) -> ConvOptions<2> {
    ConvOptions::new([c.stride; 2], [c.padding; 2], [1, 1], 1)
}

/// See `ConvolutionKernels::convolution`.
pub fn convolution<B: LayoutKernels>(x: F<B>, w: F<B>, b: F<B>, c: Convolution) -> F<B> {
    let w = B::float_reshape(w, weight_shape(c));
    let y = B::conv2d(plane::<B>(x, c.input), w, Some(b), options(c));
    array::<B>(y, c.output())
}

/// See `ConvolutionKernels::convolution_input`.
pub fn convolution_input<B: LayoutKernels>(gy: F<B>, w: F<B>, c: Convolution) -> F<B> {
    let x = blank::<B>(shape(c.input), &gy);
    let w = B::float_reshape(w, weight_shape(c));
    let gx = B::conv2d_x_backward(x, w, plane::<B>(gy, c.output()), options(c));
    array::<B>(gx, c.input)
}

/// See `ConvolutionKernels::convolution_weight`.
pub fn convolution_weight<B: LayoutKernels>(x: F<B>, gy: F<B>, c: Convolution) -> (F<B>, F<B>) {
    let gy = plane::<B>(gy, c.output());
    let w = blank::<B>(weight_shape(c), &gy);
    let b = blank::<B>(Shape::new([c.outputs]), &gy);
    let x = plane::<B>(x, c.input);
    let gb = B::conv2d_bias_backward(x.clone(), b, gy.clone());
    let gw = B::conv2d_weight_backward(x, w, gy, options(c));
    (flat::<B>(gw), flat::<B>(gb))
}
