//! Opens the screen: builds the initial state from the options and starts the loop. May use every other folder of the
//! screen.

use crate::tui::{
    actions::{background, layout},
    event_loop::{self, TerminalOptions},
    keys::Pane,
    settings::options::TuiOptions,
    state::app::App,
    theme::{
        Depth, ThemeCollection,
        glyphs::{self, Glyphs},
    },
};
use anyhow::{Result, anyhow};
use std::sync::Arc;

impl TuiOptions {
    /// The state that the screen begins with, drawn at `depth`.
    ///
    /// # Errors
    /// When there is no such theme.
    pub fn app(&self, depth: Depth, size: (u16, u16)) -> Result<App> {
        let name = self.theme.as_deref().unwrap_or("dark");
        let shelf = Arc::new(ThemeCollection::new(self.themes.as_deref()));
        let theme = shelf.theme(name, depth).map_err(|e| anyhow!(e))?;
        let mut app = App::new(theme, Glyphs::of(self.ascii).with_dots(self.dots), size);
        app.roots.clone_from(&self.roots);
        app.charts = self.charts.clone();
        app.alerts = self.alerts;
        app.keys = self.keys.clone();
        app.read_only = self.read_only;
        app.can_train = cfg!(feature = "engine");
        app.follow_demo = self.follow_demo;
        app.extra.clone_from(&self.extra);
        app.missing_data = self.missing_data;
        app.awaited = self
            .select
            .as_ref()
            .map(|p| std::fs::canonicalize(p).unwrap_or_else(|_| p.clone()));
        app.layouts = self.layouts.clone();
        if let Some(layout) = &self.layout {
            layout::apply(layout, &mut app).map_err(|e| anyhow!(e))?;
        }
        if self.follow_demo {
            app.pane = Pane::Charts;
        }
        Ok(app)
    }
}

/// Whether the terminal can place letters; which is all that the screen asks of it.
///
/// # Errors
/// With what to type instead.
pub fn can_draw() -> std::result::Result<(), String> {
    match std::env::var("TERM").as_deref() {
        Ok("dumb") => Err("TERM=dumb: this terminal cannot position the cursor; \
                 `spikedeck status` prints lines, `spikedeck snapshot` one frame"
            .into()),
        _ => Ok(()),
    }
}

/// Opens the screen; returns when it is quit. Runs and attacks keep running.
///
/// # Errors
/// When there is no such theme, or standard output is no terminal.
pub fn run(options: TuiOptions) -> Result<()> {
    use std::io::IsTerminal;
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(anyhow!(
            "the screen needs a terminal: without one, use `spikedeck status` or `spikedeck snapshot`"
        ));
    }
    can_draw().map_err(|e| anyhow!(e))?;
    let env = |name: &str| std::env::var(name).ok();
    let mut app = options.app(Depth::detect(env), (80, 24))?;
    if let Some(why) = options.why_ascii(env) {
        app.glyphs = glyphs::ASCII;
        app.say(why);
    }
    let chosen = options.theme.is_some() || options.layout.as_ref().is_some_and(|l| l.theme.is_some());
    let terminal = TerminalOptions {
        // While a program listens to the mouse, GNU screen (4.9) keeps the Esc key to itself.
        no_mouse: options.no_mouse || std::env::var_os("STY").is_some(),
        limit: options.limit,
        question: if chosen { None } else { background::begin(&mut app, env) },
    };
    event_loop::run(app, options.roots, terminal)
}
