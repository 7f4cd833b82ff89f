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
  omissible,
  oneOf,
  shapeOf,
} from "../checks.js";
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
  fromHours: omissible(aNumber),
  untilHours: nullable(omissible(aNumber)),
});

/** Checks an order of another account, in a world or for `placeMarketOrder`. */
export const checkMarketOrder: Check = shapeOf<WorldBookOrder>({
  side: oneOf("buy", "sell"),
  ...offer,
  allowPartial: omissible(aFlag),
});

/** Checks the members that replace those of the default world. References between them are resolved when the world is created. */
export const checkWorld: Check = shapeOf<World>({
  account: omissible(aText),
  entityType: nullable(omissible(aText)),
  balance: omissible(aPrice),
  users: omissible(
    listOf(
      shapeOf<WorldUser>({
        id: aText,
        email: omissible(aText),
        firstName: omissible(aText),
        lastName: omissible(aText),
      }),
    ),
  ),
  workspaces: omissible(listOf(aText)),
  firewalls: omissible(listOf(shapeOf<World["firewalls"][number]>({ name: aText, workspace: omissible(aText) }))),
  skus: omissible(listOf(shapeOf<WorldSku>({ alias: aText, properties: anObject }))),
  images: omissible(listOf(shapeOf<WorldImage>({ name: aText, workspace: omissible(aText) }))),
  pools: omissible(
    listOf(
      shapeOf<WorldPool>({
        name: aText,
        workspace: omissible(aText),
        kind: omissible(oneOf("market", "originating", "read_only")),
        tags: omissible(anObject),
        allocations: omissible(listOf(anAllocation)),
      }),
    ),
  ),
  instances: omissible(
    listOf(
      shapeOf<WorldInstance>({
        pool: aText,
        sku: aText,
        image: omissible(aText),
        name: omissible(aText),
        priority: omissible(oneOf("yield", "normal", "preferred", "critical")),
        tags: omissible(anObject),
        script: omissible(aText),
        count: omissible(aCount),
      }),
    ),
  ),
  book: omissible(listOf(checkMarketOrder)),
  trades: omissible(listOf(shapeOf<WorldTrade>({ ...offer, hoursAgo: aNumber }))),
  flags: omissible(listOf(shapeOf<WorldFlag>({ name: aText, description: aText, userEnroll: aFlag }))),
});
