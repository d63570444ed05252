/**
 * A ZIP file of texts. Each is compressed by the browser as it is made and never stands there in whole; the times of its
 * files are none, so that the same texts make the same file. Tested in `test/unit/export.test.ts` with somebody
 * else's reader.
 */
import { pieces, turns } from './pace';

export interface Entry {
  name: string;
  text: Iterable<string>;
}

type Bytes = Uint8Array<ArrayBuffer>;
/** Without the long form of ZIP, sizes have 32 bits. */
const MOST_BYTES = 0xffff_ffff;
/** The first of January 1980, as ZIP counts. */
const NO_DATE = 0x21;
/** Names are UTF-8. */
const UTF8 = 0x0800;
const DEFLATE = 8;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? 0xedb8_8320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc(bytes: Bytes, before: number): number {
  let c = ~before;
  for (const byte of bytes) c = (CRC[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
  return ~c >>> 0;
}

/** Numbers of two (`H`) and four (`I`) bytes, the lowest first. */
function pack(shape: string, numbers: readonly number[]): Bytes {
  const bytes = new Uint8Array([...shape].reduce((sum, kind) => sum + (kind === 'H' ? 2 : 4), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [i, kind] of [...shape].entries()) {
    if (kind === 'H') view.setUint16(at, numbers[i] ?? 0, true);
    else view.setUint32(at, numbers[i] ?? 0, true);
    at += kind === 'H' ? 2 : 4;
  }
  return bytes;
}

async function all(stream: ReadableStream<Bytes>): Promise<Bytes[]> {
  const found: Bytes[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) found.push(next.value);
  return found;
}

const length = (parts: readonly Bytes[]): number => parts.reduce((sum, part) => sum + part.length, 0);

export async function zip(entries: readonly Entry[], type: string): Promise<Blob> {
  const encoder = new TextEncoder();
  const turn = turns();
  const file: Bytes[] = [];
  const directory: Bytes[] = [];
  for (const entry of entries) {
    const name = encoder.encode(entry.name);
    const deflate = new CompressionStream('deflate-raw');
    const into = deflate.writable.getWriter();
    let [sum, size] = [0, 0];
    const fill = async () => {
      for (const piece of pieces(entry.text)) {
        const bytes = encoder.encode(piece);
        sum = crc(bytes, sum);
        size += bytes.length;
        await into.write(bytes);
        await turn();
      }
      await into.close();
    };
    const [packed] = await Promise.all([all(deflate.readable as ReadableStream<Bytes>), fill()]);
    const at = length(file);
    const facts = [UTF8, DEFLATE, 0, NO_DATE, sum, length(packed), size, name.length, 0];
    file.push(pack('IHHHHHIIIHH', [0x0403_4b50, 20, ...facts]), name, ...packed);
    directory.push(pack('IHHHHHHIIIHHHHHII', [0x0201_4b50, 20, 20, ...facts, 0, 0, 0, 0, at]), name);
    if (size > MOST_BYTES || length(file) > MOST_BYTES) throw new RangeError('This is more than a ZIP file holds.');
  }
  const end = pack('IHHHHIIH', [0x0605_4b50, 0, 0, entries.length, entries.length, length(directory), length(file), 0]);
  return new Blob([...file, ...directory, end], { type });
}
