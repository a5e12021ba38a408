//! A map of borders and places on a braille canvas.
//!
//! The caller brings rings and points in degrees; the map fits them into cells and answers the
//! projection, so that places can be named, highlighted and found again.

use super::braille::Canvas;
use crate::base::text::width;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// A border: longitude and latitude in degrees. It is closed when drawn.
#[derive(Debug, Clone, Copy)]
pub struct Ring<'a> {
    /// The corners.
    pub corners: &'a [(f64, f64)],
    /// Where borders share a cell, the higher rank gives its style.
    pub rank: u8,
    /// The style.
    pub style: Style,
}

/// A place: a dot, and a name beside it where there is room.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Longitude and latitude.
    pub at: (f64, f64),
    /// An ASCII sign for the state; it replaces the dot, so that colour is not needed.
    pub sign: Option<char>,
    /// The name, or an empty text.
    pub label: &'a str,
    /// The style.
    pub style: Style,
}

/// From degrees to dots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    area: Rect,
    west: f64,
    north: f64,
    per_longitude: f64,
    per_latitude: f64,
    left: f64,
    top: f64,
}

impl Projection {
    /// Fits all corners into the area, in true proportions: a cell is twice as high as wide, so its two
    /// by four dots are square, and a degree of longitude shrinks with the cosine of the latitude.
    pub fn fit<'a>(rings: impl Iterator<Item = &'a [(f64, f64)]>, area: Rect) -> Option<Self> {
        let (mut west, mut east) = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut south, mut north) = (f64::INFINITY, f64::NEG_INFINITY);
        for (longitude, latitude) in rings.flatten().copied().filter(|(x, y)| x.is_finite() && y.is_finite()) {
            (west, east) = (west.min(longitude), east.max(longitude));
            (south, north) = (south.min(latitude), north.max(latitude));
        }
        if area.is_empty() || west > east {
            return None;
        }
        let shrink = f64::midpoint(south, north).to_radians().cos().max(0.01);
        let across = ((east - west) * shrink).max(1e-9);
        let down = (north - south).max(1e-9);
        let (columns, rows) = (f64::from(area.width) * 2.0 - 1.0, f64::from(area.height) * 4.0 - 1.0);
        let scale = (columns / across).min(rows / down);
        Some(Self {
            area,
            west,
            north,
            per_longitude: scale * shrink,
            per_latitude: scale,
            left: (columns - across * scale) / 2.0,
            top: (rows - down * scale) / 2.0,
        })
    }

    /// The dot of a place, counted from the upper left of the area. Its middle is at `.5`.
    pub fn dot(&self, (longitude, latitude): (f64, f64)) -> (f64, f64) {
        let x = self.left + (longitude - self.west) * self.per_longitude;
        let y = self.top + (self.north - latitude) * self.per_latitude;
        (x + 0.5, y + 0.5)
    }

    /// The cell of a place, if it is inside the area.
    pub fn cell(&self, place: (f64, f64)) -> Option<Position> {
        let (x, y) = self.dot(place);
        let inside =
            x >= 0.0 && y >= 0.0 && x < f64::from(self.area.width) * 2.0 && y < f64::from(self.area.height) * 4.0;
        inside.then(|| Position::new(self.area.x + (x / 2.0) as u16, self.area.y + (y / 4.0) as u16))
    }

    /// The place nearest to a cell: for the mouse.
    pub fn nearest(&self, cell: Position, places: &[(f64, f64)]) -> Option<usize> {
        let x = f64::from(cell.x) - f64::from(self.area.x);
        let y = f64::from(cell.y) - f64::from(self.area.y);
        let target = (x * 2.0 + 1.0, y * 4.0 + 2.0);
        self.closest(places, |dot| Some((dot.0 - target.0).hypot(dot.1 - target.1)))
    }

    /// The next place when an arrow key is pressed on `from`: the closest that truly lies that way, within the direction's quarter.
    pub fn step(&self, places: &[(f64, f64)], from: usize, direction: (i8, i8)) -> Option<usize> {
        let start = self.dot(*places.get(from)?);
        let (dx, dy) = (f64::from(direction.0), f64::from(direction.1));
        self.closest(places, |dot| {
            let (x, y) = (dot.0 - start.0, dot.1 - start.1);
            let along = x * dx + y * dy;
            let aside = (x * dy - y * dx).abs();
            (along > 0.1 && aside <= along).then_some(along + aside)
        })
    }

    fn closest(&self, places: &[(f64, f64)], distance: impl Fn((f64, f64)) -> Option<f64>) -> Option<usize> {
        let rated = places.iter().enumerate().filter_map(|(i, place)| Some((i, distance(self.dot(*place))?)));
        rated.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(i, _)| i)
    }
}

/// What to draw.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a> {
    /// Borders.
    pub rings: &'a [Ring<'a>],
    /// Places, the most important last: it is drawn over the others.
    pub places: &'a [Place<'a>],
    /// Draw ASCII instead of braille.
    pub ascii: bool,
}

impl Map<'_> {
    /// Draws into the area and answers where things are; `None` when there is nothing to show.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) -> Option<Projection> {
        let area = area.intersection(buffer.area);
        let projection = Projection::fit(self.rings.iter().map(|ring| ring.corners), area)?;
        let mut canvas = Canvas::new(area.width, area.height);
        for ring in self.rings {
            let next = ring.corners.iter().cycle().skip(1);
            for (from, to) in ring.corners.iter().zip(next) {
                canvas.line(projection.dot(*from), projection.dot(*to), ring.rank, ring.style);
            }
        }
        for place in self.places.iter().filter(|place| place.sign.is_none()) {
            let (x, y) = projection.dot(place.at);
            canvas.dot(x.floor() as i32, y.floor() as i32, u8::MAX, place.style);
        }
        canvas.draw(area, buffer, self.ascii);
        for place in self.places {
            self.name(place, projection, area, buffer);
        }
        Some(projection)
    }

    /// Sign and label: right of the place, or left of it where the right has no room.
    fn name(&self, place: &Place<'_>, projection: Projection, area: Rect, buffer: &mut Buffer) {
        let Some(cell) = projection.cell(place.at) else { return };
        if let Some(sign) = place.sign {
            buffer[cell].set_char(sign).set_style(place.style);
        }
        let cells = width(place.label) as u16;
        if cells == 0 {
            return;
        }
        if cell.x + 1 + cells <= area.right() {
            buffer.set_string(cell.x + 1, cell.y, place.label, place.style);
        } else if cell.x >= area.x + cells {
            buffer.set_string(cell.x - cells, cell.y, place.label, place.style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Rings of the shipped outline by ring and name.
    fn outline() -> BTreeMap<(String, String), Vec<(f64, f64)>> {
        let mut rings: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
        for line in include_str!("../../../data/shaanxi_outline.csv").lines().skip(1) {
            let parts: Vec<&str> = line.split(',').collect();
            let corner = (parts[5].parse().unwrap(), parts[6].parse().unwrap());
            rings.entry((parts[0].to_owned(), parts[3].to_owned())).or_default().push(corner);
        }
        rings
    }

    const CITIES: [(&str, (f64, f64)); 4] =
        [("西安", (108.94, 34.26)), ("榆林", (109.73, 38.28)), ("汉中", (107.02, 33.07)), ("安康", (109.03, 32.68))];

    fn drawn(width: u16, height: u16, ascii: bool) -> (Buffer, Option<Projection>) {
        let outline = outline();
        let rings: Vec<Ring<'_>> =
            outline.values().map(|corners| Ring { corners, rank: 0, style: Style::new() }).collect();
        let places = CITIES.map(|(label, at)| Place { at, sign: Some('o'), label, style: Style::new() });
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let area = Rect::new(1, 1, width.saturating_sub(2), height.saturating_sub(2));
        let projection = Map { rings: &rings, places: &places, ascii }.draw(area, &mut buffer);
        (buffer, projection)
    }

    #[test]
    fn shaanxi_keeps_its_shape_and_its_frame() {
        let (buffer, projection) = drawn(46, 32, false);
        let projection = projection.unwrap();
        let cell = |name: &str| projection.cell(CITIES.iter().find(|(n, _)| *n == name).unwrap().1).unwrap();
        assert!(cell("榆林").y < cell("西安").y && cell("西安").y < cell("汉中").y && cell("汉中").x < cell("安康").x);
        for (label, _) in CITIES {
            let at = cell(label);
            assert_eq!(buffer[at].symbol(), "o");
            let near = [buffer[(at.x + 1, at.y)].symbol(), buffer[(at.x - 4, at.y)].symbol()];
            assert!(near.iter().any(|symbol| label.starts_with(symbol)), "{label} beside its dot");
        }
        for x in 0..46 {
            assert_eq!((buffer[(x, 0)].symbol(), buffer[(x, 31)].symbol()), (" ", " "), "stays inside");
        }
        let dots =
            buffer.content.iter().filter(|c| ('\u{2801}'..='\u{28ff}').any(|b| c.symbol().starts_with(b))).count();
        assert!(dots > 120, "{dots} cells of borders");
        // 870 km from north to south, 490 from west to east: dots are square, so the shape is kept.
        let (west, north) = projection.dot((105.49, 39.58));
        let (east, south) = projection.dot((111.25, 31.70));
        let shape = (south - north) / (east - west);
        assert!((1.6..1.8).contains(&shape), "{shape}");
    }

    #[test]
    fn ascii_has_no_braille_and_any_size_is_survived() {
        let (buffer, _) = drawn(46, 32, true);
        assert!(
            buffer.content.iter().all(|cell| !cell.symbol().chars().any(|c| ('\u{2800}'..='\u{28ff}').contains(&c)))
        );
        assert!(buffer.content.iter().any(|cell| cell.symbol() == "#"));
        for (width, height) in [(1, 1), (2, 2), (3, 3), (4, 40), (200, 3), (5, 5)] {
            let (_, projection) = drawn(width, height, false);
            assert_eq!(projection.is_some(), width > 2 && height > 2);
        }
    }

    #[test]
    fn places_are_found_again() {
        let (_, projection) = drawn(46, 32, false);
        let projection = projection.unwrap();
        let places = CITIES.map(|(_, at)| at);
        for (index, at) in places.iter().enumerate() {
            assert_eq!(projection.nearest(projection.cell(*at).unwrap(), &places), Some(index));
        }
        assert_eq!(projection.step(&places, 0, (0, -1)), Some(1), "north of Xi'an is Yulin");
        assert_eq!(projection.step(&places, 0, (0, 1)), Some(3), "south is Ankang");
        assert_eq!(projection.step(&places, 3, (-1, 0)), Some(2), "west of it is Hanzhong");
        assert_eq!(projection.step(&places, 1, (0, -1)), None);
    }
}
