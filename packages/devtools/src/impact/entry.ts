/** How much a change asks of those who use the client: new code, nothing but a look, nothing at all. */
export type Impact = "major" | "minor" | "patch";

/** One thing that is different for users of the client. */
export interface Entry {
  readonly kind: EntryKind;
  readonly impact: Impact;
  /** What it is about, as a user writes it: `instances.create`, `Instance`. */
  readonly subject: string;
  /** What happened to it, to be read after the subject: "`pool` is now required". */
  readonly clause: string;
  /** The member of the subject, where it is about one: `deployment`, `ssh.host`. */
  readonly member?: string;
  /** The type that the member belongs to, as the older description has it: `schema InstanceResponse`, `query list_orders`. */
  readonly owner?: string;
  /** What to write instead, where that is known. */
  readonly instead?: string;
  /** For a member: whether a description names `instead`, or only names and types make it likely. */
  readonly isInsteadDocumented?: boolean;
  /** Every method whose input or response it reaches. */
  readonly methods: readonly string[];
}

export type EntryKind =
  | MethodChange
  | MemberChange
  | "entry-gone"
  | "type-gone"
  | "type-renamed"
  | "words"
  | "limits"
  | "other";

export type MethodChange =
  | "method-new"
  | "method-gone"
  | "method-renamed"
  | "method-moved"
  | "method-id"
  | "method-deprecated"
  | "arguments"
  | "body"
  | "response"
  | "key-new"
  | "key-gone"
  | "key-required"
  | "header"
  | "serialization"
  | "security"
  | "content-type"
  | "server"
  | "paging"
  | "page-size"
  | "retry"
  | "status-new"
  | "status-gone"
  | "old-call";

export type MemberChange =
  | "member-new"
  | "member-gone"
  | "member-required"
  | "member-optional"
  | "member-type"
  | "member-deprecated"
  | "member-access"
  | "member-default"
  | "member-unit"
  | "value-new"
  | "value-gone";

/** `instances.create` with its clause as one sentence; a member of a type is named with it: `Instance.deployment`. */
export function sentence(entry: Entry): string {
  const prefix = `\`${entry.member}\``;
  const isOfType = entry.member !== undefined && /^[A-Z]/.test(entry.subject) && entry.clause.startsWith(`${prefix} `);
  if (isOfType) return `\`${entry.subject}.${entry.member}\`${entry.clause.slice(prefix.length)}`;
  return `${subjectWords(entry.subject)}: ${entry.clause}`;
}

/** Names of code as code, other words as they are. */
export function subjectWords(subject: string): string {
  return subject.includes(" ") ? subject : `\`${subject}\``;
}
