const units: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Bytes of a size as nginx and PHP write it (`512k`, `64m`, `1G`); undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^([1-9]\d{0,9})([kmg])$/i.exec(text) ?? [];
  const factor = units[unit.toLowerCase()];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
