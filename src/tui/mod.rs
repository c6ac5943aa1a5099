//! The screen: state, messages, drawing.
