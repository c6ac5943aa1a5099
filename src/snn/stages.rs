//! Which spiking layer each weight feeds, so that measurements of weights can be reported by layer.

use super::network::Network;

impl Network {
    /// For every parameter the spiking layer that it feeds, counted from 0 as in [`Network::activity`]; what comes
    /// behind the last one, the output layer, has the number of spiking layers.
    pub fn stages(&self) -> Vec<usize> {
        let mut stages = vec![0; self.parameters.len()];
        let layers = self.layers.iter();
        layers.fold(0, |spiking, layer| layer.mark_stages(spiking, &mut stages));
        stages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snn::backend::Device;
    use crate::spec::Experiment;

    fn stages(network: &str) -> Vec<(String, usize)> {
        let text = format!(
            "[data]\nname = \"cifar-10\"\n[network]\nclasses = 10\nimage = [3, 32, 32]\nmean = [0, 0, 0]\nstd = [1, 1, 1]\n{network}"
        );
        let spec = Experiment::parse(&text, "test", "test", &Vec::new()).unwrap();
        let network = Network::new(&spec.network, &Device::find("cpu").unwrap(), 0).unwrap();
        let names = network.parameters.iter().map(|p| p.name.clone());
        names.zip(network.stages()).collect()
    }

    #[test]
    fn a_convolution_feeds_the_neurons_behind_it_and_the_last_layer_the_output() {
        let found = stages("family = \"vgg\"\nblocks = [[4, \"pool\"], [8, \"pool\"]]\nhidden = [16]");
        let of = |name: &str| found.iter().find(|(n, _)| n == name).unwrap().1;
        assert_eq!(["layer1.0.weight", "layer1.1.bias", "layer2.0.bias"].map(of), [0, 0, 1]);
        assert_eq!(["classifier.1.weight", "classifier.3.weight"].map(of), [2, 3]);
    }

    #[test]
    fn both_ways_of_a_residual_block_feed_the_next_one() {
        let found = stages("family = \"wide_resnet\"\ndepth = 10\nwidth = 1");
        let of = |name: &str| found.iter().find(|(n, _)| n == name).unwrap().1;
        assert_eq!(
            ["conv1.weight", "block1.0.bn1.weight", "block1.0.conv1.weight"].map(of),
            [0, 0, 1]
        );
        assert_eq!(
            [
                "block2.0.conv2.weight",
                "block2.0.convShortcut.weight",
                "block2.0.convex.comb"
            ]
            .map(of),
            [4; 3]
        );
        assert_eq!(of("fc.weight"), 7);
    }
}
