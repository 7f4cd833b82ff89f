import type { Resources } from "../../generated/resources/index.js";
import type {
  Image,
  ImageCreate,
  ImageUpload,
  Instance,
  InstanceCreate,
  InstanceTemplate,
  InstanceTemplateCreate,
  Pool,
  PoolCreate,
  Procurement,
  ProcurementCreate,
  Workspace,
  WorkspaceCreate,
} from "../../generated/types.js";

/** Body and result of each resource that the API cannot create idempotently by itself. */
export interface Creatable {
  instances: { body: InstanceCreate; resource: Instance };
  pools: { body: PoolCreate; resource: Pool };
  images: { body: ImageCreate; resource: Image | ImageUpload };
  instanceTemplates: { body: InstanceTemplateCreate; resource: InstanceTemplate };
  procurements: { body: ProcurementCreate; resource: Procurement };
  workspaces: { body: WorkspaceCreate; resource: Workspace };
}

export type CreatableKind = keyof Creatable;

/** What `createOnce` calls of a client: creating, and looking where something would be. */
export type CreateClient = Pick<Resources, CreatableKind>;
