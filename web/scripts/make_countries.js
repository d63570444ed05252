/**
 * Prints the countries of the world as small SVG paths: the shapes of Natural Earth (1 : 50 million, public domain, by
 * way of the package `world-atlas`), projected to Equal Earth, simplified, on a grid of whole numbers, without islands
 * that nobody would see. A country that is smaller than a few dots of that grid is a point: people must be able to hit it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { feature } from 'topojson-client';

const WIDTH = 2000;
/** How far a simplified line may lie from the true one. */
const TOLERANCE = 1.6;
/** Square units below which a ring is left out, and a whole country is a point. */
const SPECK = 10;
const POINT = 44;

const atlas = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-50m.json'), 'utf8'));

/** Equal Earth (Šavrič, Patterson and Jenny, 2018): areas are true, and the poles are not torn apart. */
function project([longitude, latitude]) {
  const [a1, a2, a3, a4] = [1.340264, -0.081106, 0.000893, 0.003796];
  const root = Math.sqrt(3) / 2;
  const t = Math.asin(root * Math.sin((latitude * Math.PI) / 180));
  const t2 = t * t;
  const t6 = t2 * t2 * t2;
  const x = (((longitude * Math.PI) / 180) * Math.cos(t)) / (root * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)));
  const y = t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2));
  return [x, y];
}

const [RIGHT] = project([180, 0]);
const [, TOP] = project([0, 84]);
const [, LOW] = project([0, -56.5]);
const SCALE = WIDTH / (2 * RIGHT);
const HEIGHT = Math.round((TOP - LOW) * SCALE);
/** The map is cut in the Bering Strait, between two continents and not through one. */
const CUT = -168.5;
/** What lies on both sides of the cut would be drawn across the whole map. */
const ACROSS = WIDTH * 0.7;
const wide = (ring) => Math.max(...ring.map((p) => p[0])) - Math.min(...ring.map((p) => p[0])) > ACROSS;
const place = ([longitude, latitude]) => {
  const turned = longitude - (CUT + 180);
  const [x, y] = project([turned < -180 ? turned + 360 : turned, latitude]);
  return [(x + RIGHT) * SCALE, (TOP - y) * SCALE];
};

function area(ring) {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 1) {
    const [a, b] = [ring[i], ring[(i + 1) % ring.length]];
    sum += a[0] * b[1] - b[0] * a[1];
  }
  return Math.abs(sum / 2);
}

/** Ramer, Douglas and Peucker: the ends stay, and whatever lies further off than the tolerance. */
function simplified(line) {
  if (line.length < 3) return line;
  const [a, b] = [line[0], line[line.length - 1]];
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  let [far, at] = [0, 0];
  for (let i = 1; i < line.length - 1; i += 1) {
    const [px, py] = [line[i][0] - a[0], line[i][1] - a[1]];
    const off = length === 0 ? Math.hypot(px, py) : Math.abs(dx * py - dy * px) / length;
    if (off > far) [far, at] = [off, i];
  }
  if (far <= TOLERANCE) return [a, b];
  return [...simplified(line.slice(0, at + 1)), ...simplified(line.slice(at)).slice(1)];
}

/** The borders that countries share are simplified once, so that no gap opens between neighbours. */
function drawn(topology) {
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    const points = arc.map(([dx, dy]) => {
      [x, y] = [x + dx, y + dy];
      return place([x * scale[0] + translate[0], y * scale[1] + translate[1]]);
    });
    return simplified(points).map((point) => point.map(Math.round));
  });
  return { ...topology, arcs, transform: undefined };
}

function path(ring) {
  let [x, y] = ring[0];
  let text = `M${x} ${y}l`;
  for (const point of ring.slice(1, -1)) {
    text += `${point[0] - x} ${point[1] - y} `;
    [x, y] = point;
  }
  return `${text.trimEnd().replaceAll(' -', '-')}z`;
}

/** What `Intl` calls the country of that ISO number: its two letters. */
const letters = (number) => new Intl.Locale(`und-${number}`).region;

const land = [];
const found = new Map();
for (const { id, properties, geometry } of feature(drawn(atlas), atlas.objects.countries).features) {
  if (properties.name === 'Antarctica' || !geometry) continue;
  const code = id ? letters(id) : '';
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const rings = polygons.map((polygon) => polygon[0]).filter((ring) => ring.length > 3 && !wide(ring));
  rings.sort((a, b) => area(b) - area(a));
  const whole = rings.reduce((sum, ring) => sum + area(ring), 0);
  const shown = rings.filter((ring) => area(ring) >= SPECK).map(path).join('');
  // Land without a number of its own is drawn, and never counted.
  if (!/^[A-Z]{2}$/.test(code)) land.push(shown);
  else if (whole < POINT) {
    const points = polygons.flatMap((polygon) => polygon[0]);
    const middle = [0, 1].map((k) => Math.round(points.reduce((sum, p) => sum + p[k], 0) / points.length));
    if (!found.has(code)) found.set(code, `  ${code}: [${middle.join(', ')}],`);
  } else if (!found.has(code) || shown.length > found.get(code).length) found.set(code, `  ${code}: '${shown}',`);
}

console.log(`/** The world's countries: the shapes of Natural Earth (naturalearthdata.com), which are in the public domain. */
export const WIDTH = ${WIDTH};
export const HEIGHT = ${HEIGHT};

/** Land that has no code. */
export const LAND = '${land.join('')}';

/** By their two letters: an outline, or the point of a country too small to have one. */
export const COUNTRIES: Record<string, string | readonly [number, number]> = {
${[...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line).join('\n')}
};`);
