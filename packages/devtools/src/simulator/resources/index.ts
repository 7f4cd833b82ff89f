import type { Handlers } from "../handler.js";
import type { OperationId } from "../wire.js";
import { account } from "./account.js";
import { deployments } from "./deployments.js";
import { featureFlags } from "./feature-flags.js";
import { grants } from "./grants.js";
import { imageTransfer } from "./image-transfer.js";
import { images } from "./images.js";
import { instanceBatch } from "./instance-batch.js";
import { instanceConsole } from "./instance-console.js";
import { instanceReplace } from "./instance-replace.js";
import { instanceSkus } from "./instance-skus.js";
import { instanceTemplates } from "./instance-templates.js";
import { instances } from "./instances.js";
import { orderPreview } from "./order-preview.js";
import { orderbook } from "./orderbook.js";
import { orders } from "./orders.js";
import { permissions } from "./permissions.js";
import { poolTransfers } from "./pool-transfers.js";
import { pools } from "./pools.js";
import { procurements } from "./procurements.js";
import { roles } from "./roles.js";
import { users } from "./users.js";
import { workspaces } from "./workspaces.js";

/** One handler per operation. What a later description adds is answered with 501 until it has one here; a test finds it. */
export const handlers: Partial<Handlers<OperationId>> = {
  ...account,
  ...deployments,
  ...featureFlags,
  ...grants,
  ...imageTransfer,
  ...images,
  ...instanceBatch,
  ...instanceConsole,
  ...instanceReplace,
  ...instanceSkus,
  ...instanceTemplates,
  ...instances,
  ...orderPreview,
  ...orderbook,
  ...orders,
  ...permissions,
  ...poolTransfers,
  ...pools,
  ...procurements,
  ...roles,
  ...users,
  ...workspaces,
};
