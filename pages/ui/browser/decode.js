// Reads the bytes that viz/picture.py packs; says there what they look like.

const ALIGNMENT = 8;
const NOT_A_NUMBER = 65535;
const LEVELS = 65534;
const KINDS = { f4: Float32Array, f8: Float64Array, u2: Uint16Array };

/** Uint8Array -> header with `arrays`, each {shape, flat, low?, high?}; figures and frames hold references. */
export function decode(bytes) {
  const buffer = bytes.slice().buffer; // a copy: the arrays below need aligned bytes of their own
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = Math.ceil((4 + length) / ALIGNMENT) * ALIGNMENT;
  for (const array of header.arrays) {
    const count = array.shape.reduce((product, size) => product * size, 1);
    array.flat = new KINDS[array.type](buffer, start + array.offset, count);
  }
  for (const picture of header.pictures) {
    picture.figure = filled(picture.figure, header.arrays);
  }
  return header;
}

/** A figure with its references replaced by (nested) arrays. */
function filled(value, arrays) {
  if (Array.isArray(value)) return value.map((item) => filled(item, arrays));
  if (value === null || typeof value !== "object") return value;
  if ("$array" in value) {
    const array = arrays[value.$array];
    return nested(numbers(array, 0, array.flat.length), array.shape);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, arrays)]));
}

/** What stands at a place of the figure at one moment. */
export function atMoment(frames, index, arrays) {
  if ("values" in frames) return frames.values[index];
  const array = arrays[frames.$array];
  const shape = array.shape.slice(1);
  const size = shape.reduce((product, next) => product * next, 1);
  const flat = numbers(array, index * size, size);
  return shape.length ? nested(flat, shape) : flat[0];
}

/** `size` numbers from `start`, levels turned back into what they stand for. */
function numbers(array, start, size) {
  const part = array.flat.subarray(start, start + size);
  if (array.type !== "u2") return part;
  const step = (array.high - array.low) / LEVELS;
  return Float32Array.from(part, (level) => (level === NOT_A_NUMBER ? NaN : array.low + level * step));
}

function nested(flat, shape) {
  if (shape.length <= 1) return flat;
  const size = flat.length / (shape[0] || 1);
  return Array.from({ length: shape[0] }, (_, row) =>
    nested(flat.subarray(row * size, (row + 1) * size), shape.slice(1)));
}
