//! Spiking networks: neurons, layers, networks, and their explicit backward pass.
