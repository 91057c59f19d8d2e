//! Draws a run as bars: figures by those of the first peer, or the figures themselves if there is none.

use super::{measurement::Measurement, record::Record};
use anyhow::{Result, anyhow};
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use std::path::Path;

/// Pixels.
const WIDTH: u32 = 900;
const BAR: u32 = 7;
const MARGINS: u32 = 90;

/// Bars end here, so that one slow engine does not flatten all others.
const LIMIT: f64 = 3.0;

pub(super) fn draw(record: &Record, path: &Path) -> Result<()> {
    // Errors of the backend borrow it; their text is what matters.
    draw_bars(record, path).map_err(|error| anyhow!("drawing {}: {error}", path.display()))
}

fn draw_bars(record: &Record, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let engines = record.engines.len();
    let cases = record.cases.len();
    let height = (cases * (engines + 1)) as u32 * BAR + MARGINS;
    let root = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let figures: Vec<Vec<Option<f64>>> = record.cases.iter().map(|m| figures(record, m)).collect();
    let longest = figures.iter().flatten().flatten().copied().fold(0.0, f64::max);
    let end = if engines > 1 { longest.min(LIMIT) } else { longest };
    // Cases go down, as in the table: the axis runs from the last to the first.
    let rows = (cases as f64 - 0.5)..-0.5;
    let mut chart = ChartBuilder::on(&root)
        .caption(title(record), ("sans-serif", 20))
        .margin(10)
        .x_label_area_size(28)
        .y_label_area_size(170)
        .build_cartesian_2d(0.0..end * 1.02, rows)?;
    chart.configure_mesh().disable_y_mesh().y_labels(0).draw()?;
    let style = ("sans-serif", 15).into_font().into_text_style(&root);
    let style = style.pos(Pos::new(HPos::Right, VPos::Center));
    for (row, measurement) in record.cases.iter().enumerate() {
        let (x, y) = chart.backend_coord(&(0.0, row as f64));
        root.draw(&Text::new(measurement.case.as_str(), (x - 6, y), style.clone()))?;
    }
    for (engine, version) in record.engines.iter().enumerate() {
        let color = Palette99::pick(engine).to_rgba();
        let bar = |(row, values): (usize, &Vec<Option<f64>>)| {
            let top = row as f64 - 0.4 + 0.8 * engine as f64 / engines as f64;
            let bottom = top + 0.8 / engines as f64;
            Some(Rectangle::new([(0.0, top), (values[engine]?.min(end), bottom)], color.filled()))
        };
        chart
            .draw_series(figures.iter().enumerate().filter_map(bar))?
            .label(&version.name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 4), (x + 12, y + 4)], color.filled()));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .position(SeriesLabelPosition::LowerRight)
        .draw()?;
    root.present()?;
    Ok(())
}

fn title(record: &Record) -> String {
    let suite = record.suite.name();
    match record.engines.get(1) {
        Some(peer) => format!("{suite}: relative to {}, lower is better", peer.name),
        None => format!("{suite}: {}, lower is better", record.suite.unit().0),
    }
}

/// The length of each engine's bar.
fn figures(record: &Record, measurement: &Measurement) -> Vec<Option<f64>> {
    let reference = match measurement.medians.get(1) {
        Some(peer) => *peer,
        None => Some(record.suite.unit().1),
    };
    measurement.medians.iter().map(|median| Some((*median)? / reference?)).collect()
}
