/** The option types of the devtools under `exactOptionalPropertyTypes`. */
import { expectTypeOf, test } from "vitest";
import type {
  Fault,
  FaultRule,
  PrismOptions,
  Simulator,
  SimulatorOptions,
  Span,
  startSimulator,
  World,
  WorldAllocation,
  WorldBookOrder,
  WorldImage,
  WorldInstance,
  WorldPool,
  WorldUser,
} from "../../packages/devtools/src/index.js";

/** The optional members of a type, or of each type of a union, that do not accept an explicit `undefined`. */
type RefusingUndefined<T> = T extends unknown
  ? {
      [Member in keyof T]-?: object extends Pick<T, Member>
        ? Record<Member, undefined> extends Pick<T, Member>
          ? never
          : Member
        : never;
    }[keyof T]
  : never;

test("the check finds a member that does not accept undefined", () => {
  expectTypeOf<RefusingUndefined<{ a?: 1; b?: 1 | undefined; c: 1 }>>().toEqualTypeOf<"a">();
});

test("optional members may be undefined, as those of the client's options may", () => {
  expectTypeOf<RefusingUndefined<SimulatorOptions>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<NonNullable<SimulatorOptions["world"]>>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<NonNullable<SimulatorOptions["assumptions"]>>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<NonNullable<Parameters<Simulator["reset"]>[0]>>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<FaultRule>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<Fault>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<Exclude<Span, number>>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<PrismOptions>>().toEqualTypeOf<never>();
});

test("optional members of a world may be undefined", () => {
  expectTypeOf<RefusingUndefined<WorldAllocation>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<WorldBookOrder>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<WorldImage>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<WorldInstance>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<WorldPool>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<WorldUser>>().toEqualTypeOf<never>();
  expectTypeOf<RefusingUndefined<World["firewalls"][number]>>().toEqualTypeOf<never>();
});

test("an option that is read from somewhere needs no condition", () => {
  const start = {} as typeof startSimulator;
  const seed = process.env.SEED;
  start({ seed, world: { balance: seed }, assumptions: { selfTrade: undefined } });
  // @ts-expect-error a required member may not be undefined
  start({ tokens: [{ value: seed, user: null }] });
});
