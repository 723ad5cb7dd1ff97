import { crc32 } from "node:zlib";

const MANIFEST_LINE_BYTES = 72;

/**
 * A jar manifest that starts a class of another jar. Lines hold at most 72 bytes and continue after a line break and a
 * space, as the JAR file specification requires. Values must be ASCII, as URLs are.
 */
export function toManifest({ mainClass, classPath }: { mainClass: string; classPath: string }): string {
  const attributes = ["Manifest-Version: 1.0", `Main-Class: ${mainClass}`, `Class-Path: ${classPath}`];
  return `${attributes.map(toManifestLines).join("\r\n")}\r\n\r\n`;
}

function toManifestLines(attribute: string): string {
  const lines = [attribute.slice(0, MANIFEST_LINE_BYTES)];
  for (let at = MANIFEST_LINE_BYTES; at < attribute.length; at += MANIFEST_LINE_BYTES - 1) {
    lines.push(` ${attribute.slice(at, at + MANIFEST_LINE_BYTES - 1)}`);
  }
  return lines.join("\r\n");
}

/** A zip archive with one stored (uncompressed) file. Layout: PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16. */
export function toStoredZip(file: { name: string; content: string }): Buffer {
  const name = Buffer.from(file.name);
  const content = Buffer.from(file.content);
  const shared = toSharedFields(name, content);
  const local = Buffer.concat([toBytes([0x04034b50, 4]), shared, name, content]);
  const central = Buffer.concat([
    toBytes([0x02014b50, 4], [20, 2]),
    shared,
    toBytes([0, 2], [0, 2], [0, 2], [0, 4], [0, 4]),
    name,
  ]);
  const end = toBytes(
    [0x06054b50, 4],
    [0, 4],
    [1, 2],
    [1, 2],
    [central.length, 4],
    [local.length, 4],
    [0, 2],
  );
  return Buffer.concat([local, central, end]);
}

/** From "version needed" to "extra field length": the same bytes in the local and in the central header. */
function toSharedFields(name: Buffer, content: Buffer): Buffer {
  const firstOfJanuary1980 = 0x21;
  return toBytes(
    [20, 2],
    [0, 2],
    [0, 2],
    [0, 2],
    [firstOfJanuary1980, 2],
    [crc32(content), 4],
    [content.length, 4],
    [content.length, 4],
    [name.length, 2],
    [0, 2],
  );
}

function toBytes(...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}
