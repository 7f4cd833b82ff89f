import {
  aCount,
  aFlag,
  aNumber,
  anObject,
  aPositiveCount,
  aPrice,
  aText,
  type Check,
  listOf,
  nullable,
  oneOf,
  optional,
  shapeOf,
} from "./checks.js";
import type {
  World,
  WorldAllocation,
  WorldBookOrder,
  WorldFlag,
  WorldImage,
  WorldInstance,
  WorldPool,
  WorldSku,
  WorldTrade,
  WorldUser,
} from "./world.js";

const hours = { fromHours: aNumber, untilHours: aNumber };
const offer = { sku: aText, nodes: aPositiveCount, price: aPrice, ...hours };

const anAllocation = shapeOf<WorldAllocation>({
  sku: aText,
  nodes: aCount,
  fromHours: optional(aNumber),
  untilHours: optional(aNumber),
});

/** An order of someone else, in a world or at `placeMarketOrder`. */
export const checkMarketOrder: Check = shapeOf<WorldBookOrder>({
  side: oneOf("buy", "sell"),
  ...offer,
  allowPartial: optional(aFlag),
});

/** Members that a caller replaces in the default world; what they name in one another is looked up when the world is made. */
export const checkWorld: Check = shapeOf<World>({
  account: optional(aText),
  entityType: nullable(optional(aText)),
  balance: optional(aPrice),
  users: optional(
    listOf(
      shapeOf<WorldUser>({
        id: aText,
        email: optional(aText),
        firstName: optional(aText),
        lastName: optional(aText),
      }),
    ),
  ),
  workspaces: optional(listOf(aText)),
  firewalls: optional(
    listOf(shapeOf<{ name: string; workspace?: string }>({ name: aText, workspace: optional(aText) })),
  ),
  skus: optional(listOf(shapeOf<WorldSku>({ alias: aText, properties: anObject }))),
  images: optional(listOf(shapeOf<WorldImage>({ name: aText, workspace: optional(aText) }))),
  pools: optional(
    listOf(
      shapeOf<WorldPool>({
        name: aText,
        workspace: optional(aText),
        kind: optional(oneOf("market", "originating", "read_only")),
        tags: optional(anObject),
        allocations: optional(listOf(anAllocation)),
      }),
    ),
  ),
  instances: optional(
    listOf(
      shapeOf<WorldInstance>({
        pool: aText,
        sku: aText,
        image: optional(aText),
        name: optional(aText),
        priority: optional(oneOf("yield", "normal", "preferred", "critical")),
        tags: optional(anObject),
        script: optional(aText),
        count: optional(aCount),
      }),
    ),
  ),
  book: optional(listOf(checkMarketOrder)),
  trades: optional(listOf(shapeOf<WorldTrade>({ ...offer, hoursAgo: aNumber }))),
  flags: optional(listOf(shapeOf<WorldFlag>({ name: aText, description: aText, userEnroll: aFlag }))),
});
