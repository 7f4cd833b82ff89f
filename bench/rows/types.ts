import { checkFile } from "../../scripts/lib/measure.js";
import { type Contender, clients } from "../contenders.js";
import { inTurn } from "../rounds.js";
import { againstRaw, type Row, values } from "../table.js";
import type { Context } from "../workshop.js";

/** The work of compiling programs that use the client. */
export async function types({ workshop: { folder }, quick, progress }: Context): Promise<Row[]> {
  progress("types");
  // The bundler ignores types, but a program that does not compile would not be a fair comparison.
  if (!quick) {
    for (const name of clients) for (const program of ["calls", "one-resource"]) await check(folder, name, program);
  }
  const rounds = quick ? 2 : 9;
  const small = new Map<Contender, number[]>();
  for (const name of clients) small.set(name, [(await check(folder, name, "small")).instantiations]);
  const eleven = new Map<Contender, number>();
  const seconds = new Map(clients.map((name): [Contender, number[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    progress(`types, round ${round + 1} of ${rounds}`);
    for (const name of inTurn(clients, round)) {
      const checked = await check(folder, name, "eleven");
      eleven.set(name, checked.instantiations);
      seconds.get(name)?.push(checked.seconds);
    }
  }
  const counts = Object.fromEntries([...eleven].map(([name, count]) => [name, [count]]));
  const row = { unit: "", better: "lower", digits: 0 } as const;
  return [
    {
      ...row,
      id: "types-small",
      title: "tsc instantiations, small consumer",
      cells: values(Object.fromEntries(small)),
      targets: { ours: 500 },
    },
    {
      ...row,
      id: "types-eleven",
      title: "tsc instantiations, 11 different calls",
      cells: values(counts),
      targets: { ours: 1_000 },
    },
    {
      ...row,
      id: "types-seconds",
      title: "tsc total time, 11 different calls",
      unit: "s",
      digits: 2,
      cells: againstRaw(Object.fromEntries(seconds), "ratio"),
      targets: { ours: 1.3 },
    },
  ];
}

function check(folder: string, name: Contender, program: string) {
  return checkFile(folder, `contenders/${name}/${program}.ts`);
}
