import { createHash } from "node:crypto";
import type { Assumptions } from "../../assumptions.js";
import type { Types } from "../../http/api-types.js";
import { Refusal } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import type { InstanceRow, LogChunk } from "../../storage/rows.js";
import { needInstance } from "./instances.js";

function presentChunk(row: InstanceRow, { seqnum, writtenMs, data }: LogChunk): Types.InstanceLogChunk {
  const sinceStartMs = writtenMs - (row.runningSinceMs ?? row.assignableMs);
  return {
    timestamp_realtime: Math.floor(writtenMs / 1000),
    timestamp_monotonic_secs: Math.floor(sinceStartMs / 1000),
    timestamp_monotonic_nanos: (((sinceStartMs % 1000) + 1000) % 1000) * 1_000_000,
    seqnum,
    data: Buffer.from(data).toString("base64"),
  };
}

/** Creates the host key of an instance from its id. The same instance has the same key in every run, and different instances have different keys. */
function hostKey(row: InstanceRow): Types.InstanceSshHostKey {
  const type = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1");
  const key = Buffer.concat([type, createHash("sha256").update(row.id).digest()]);
  return { key_type: "ssh-ed25519", key: key.toString("base64") };
}

/** Returns when the instance became reachable, in milliseconds of the simulated clock. Without a startup script it never does, because it has no login key. */
function reachableSinceMs(row: InstanceRow, { sshWithoutScript }: Assumptions): number {
  if (row.cloudInit === null && sshWithoutScript === "not_found") {
    throw new Refusal([404], "no SSH for this instance: it was started without cloud_init_user_data");
  }
  if (row.status !== "running" || row.bootedMs === null) {
    const reason = row.status === "running" ? "it is still booting" : `it is ${row.status}`;
    throw new Refusal([404], `no SSH details for this instance: ${reason}`);
  }
  return row.bootedMs;
}

export const instanceConsole: Handlers<"get_instance_logs" | "get_instance_ssh"> = {
  get_instance_logs({ path, query }, sim) {
    const row = needInstance(sim, path[0]);
    const { seqnum_after = 0, seqnum_before = Number.POSITIVE_INFINITY } = query;
    const {
      realtime_timestamp_after: from = Number.NEGATIVE_INFINITY,
      realtime_timestamp_before: to = Number.POSITIVE_INFINITY,
    } = query;
    // Both bounds are inclusive, so a reader that continues from the last number receives that chunk again.
    const found = row.logs.filter(({ seqnum, writtenMs }) => {
      const at = Math.floor(writtenMs / 1000);
      return seqnum >= seqnum_after && seqnum <= seqnum_before && at >= from && at <= to;
    });
    if ((query.sort_by ?? sim.assumptions.logOrder) === "-seqnum") found.reverse();
    return { object: "list", data: found.slice(0, query.limit ?? 100).map((chunk) => presentChunk(row, chunk)) };
  },

  get_instance_ssh({ path }, sim) {
    const row = needInstance(sim, path[0]);
    const updatedAt = Math.floor(reachableSinceMs(row, sim.assumptions) / 1000);
    return {
      // Names in `.invalid` never resolve, so nothing can connect by accident.
      hostname: row.publicIp ?? `${row.id.slice("inst_".length).toLowerCase()}.ssh.invalid`,
      port: 22,
      host_keys: [hostKey(row)],
      last_successful_key_update_at: updatedAt,
      last_attempted_key_update_at: updatedAt,
    };
  },
};
