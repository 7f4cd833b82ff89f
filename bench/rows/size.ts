import { join } from "node:path";
import { gzipBytes } from "../../scripts/lib/measure.js";
import { type Contender, clients } from "../contenders.js";
import { type Row, values } from "../table.js";
import type { Context } from "../workshop.js";

/** The size of a bundle in KiB, minified and compressed. It is the same every time. */
export async function size({ workshop, progress }: Context): Promise<Row[]> {
  progress("sizes");
  const measure = async (program: string): Promise<Row["cells"]> => {
    const sizes = clients.map(async (name): Promise<[Contender, number[]]> => {
      const file = join(workshop.folder, "contenders", name, program);
      return [name, [(await gzipBytes(file)) / 1024]];
    });
    return values(Object.fromEntries(await Promise.all(sizes)));
  };
  const row = { unit: "gzip KiB", better: "lower", digits: 1 } as const;
  return [
    {
      ...row,
      id: "size-whole",
      title: "whole client",
      cells: await measure("whole.ts"),
      targets: { ours: 8 },
    },
    {
      ...row,
      id: "size-one-resource",
      title: "program using one resource",
      cells: await measure("one-resource.ts"),
      targets: { ours: 6 },
    },
  ];
}
