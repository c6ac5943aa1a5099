//! A pre-activation residual block: y = c₀·shortcut + c₁·branch(head(x)).

use crate::snn::backend::Array;
use crate::snn::layer::{Backward, Builder, Flow, Forward, Layer, Layers, Memory, Planning, Remembered, Role};
use crate::snn::parameter::ParameterKind;
use crate::snn::signal::Signal;

/// The block.
pub struct ResidualBlock {
    head: Layers,
    branch: Layers,
    /// A layer on the head's output; without one, the shortcut is the block's own input.
    shortcut: Option<Box<dyn Layer>>,
    /// The two coefficients.
    combination: usize,
}

/// What it remembers.
#[derive(Clone)]
struct Summed {
    head: Vec<Memory>,
    branch: Vec<Memory>,
    shortcut: Option<Memory>,
    /// Both summands, for the gradient of their coefficients.
    summands: [Signal; 2],
    /// The coefficients used, one value each.
    coefficients: [Array; 2],
    /// Time steps of the block's input.
    input_steps: usize,
}

impl Remembered for Summed {}

impl ResidualBlock {
    /// Joins what has been built: its coefficients are called `name.convex.comb`.
    pub fn build(
        b: &mut Builder,
        name: &str,
        head: Layers,
        branch: Layers,
        shortcut: Option<Box<dyn Layer>>,
    ) -> ResidualBlock {
        ResidualBlock {
            head,
            branch,
            shortcut,
            combination: b.parameter(format!("{name}.convex.comb"), &[2], ParameterKind::Combination),
        }
    }
}

impl Layer for ResidualBlock {
    fn role(&self) -> Role<'_> {
        Role::Composite
    }

    fn parameters(&self) -> Vec<usize> {
        vec![self.combination]
    }

    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory) {
        let input_steps = x.shape.steps;
        let (activated, head) = pass.walk(&self.head, x.clone());
        let (branch_out, branch) = pass.walk(&self.branch, activated.clone());
        let (short, shortcut) = match &self.shortcut {
            Some(layer) => {
                let (y, memory) = layer.forward(pass, activated);
                (y, Some(memory))
            }
            None => (x.over_time(pass.values.steps), None),
        };
        let both = pass.value(self.combination);
        let coefficients = [both.clone().narrow(0, 0, 1), both.narrow(0, 1, 1)];
        let data = short.data.clone() * coefficients[0].clone() + branch_out.data.clone() * coefficients[1].clone();
        let shape = branch_out.shape;
        let memory = pass.keep(|| {
            Memory::of(Summed {
                head,
                branch,
                shortcut,
                summands: [short, branch_out],
                coefficients,
                input_steps,
            })
        });
        (Signal { data, shape }, memory)
    }

    fn backward(&self, pass: &mut Backward<'_>, memory: Memory, gy: Signal, _want_input: bool) -> Option<Signal> {
        let memory: Summed = memory.take()?;
        let [c0, c1] = memory.coefficients;
        if pass.wants_weights() {
            let along = |s: &Signal| (gy.data.clone() * s.data.clone()).sum();
            let [short, branch] = &memory.summands;
            pass.add(self.combination, Array::cat(vec![along(short), along(branch)], 0));
        }
        drop(memory.summands);
        let shape = gy.shape;
        let g_short = Signal {
            data: gy.data.clone() * c0,
            shape,
        };
        let g_branch = Signal {
            data: gy.data * c1,
            shape,
        };
        let mut g_activated = pass.walk(&self.branch, memory.branch, g_branch, true)?;
        match (&self.shortcut, memory.shortcut) {
            (Some(layer), Some(shortcut)) => {
                let g = layer.backward(pass, shortcut, g_short, true)?;
                g_activated.data = g_activated.data + g.data;
                pass.walk(&self.head, memory.head, g_activated, true)
            }
            _ => {
                let mut gx = pass.walk(&self.head, memory.head, g_activated, true)?;
                let direct = if memory.input_steps == 1 {
                    g_short.summed_over_time()
                } else {
                    g_short
                };
                gx.data = gx.data + direct.data;
                Some(gx)
            }
        }
    }

    fn plan(&self, plan: &mut Planning<'_>, input: Flow) -> Flow {
        let activated = plan.walk(&self.head, input);
        let output = plan.walk(&self.branch, activated);
        if let Some(shortcut) = &self.shortcut {
            shortcut.plan(plan, activated);
            // Its input is the one that the branch keeps already.
            plan.shares(activated.values());
        }
        // Both summands are kept for the gradient of their coefficients.
        plan.keeps(2 * output.values());
        plan.list(&self.parameters(), output, 0);
        output
    }

    fn parts<'a>(&'a self, memory: &'a Memory) -> Vec<(&'a dyn Layer, &'a Memory)> {
        let Some(memory) = memory.as_own::<Summed>() else {
            return Vec::new();
        };
        let head = self.head.iter().zip(&memory.head);
        let branch = self.branch.iter().zip(&memory.branch);
        let shortcut = self.shortcut.iter().zip(&memory.shortcut);
        head.chain(branch)
            .chain(shortcut)
            .map(|(l, m)| (l.as_ref(), m))
            .collect()
    }

    fn mark_stages(&self, spiking: usize, stages: &mut [usize]) -> usize {
        let inside = self.head.iter().chain(&self.branch);
        let behind = inside.fold(spiking, |spiking, layer| layer.mark_stages(spiking, stages));
        // Both ways into the sum feed what comes after it.
        if let Some(shortcut) = &self.shortcut {
            shortcut.mark_stages(behind, stages);
        }
        stages[self.combination] = behind;
        behind
    }
}
