import type { Mutation } from "../mutation.js";
import { depths } from "./depths.js";
import { documents } from "./documents.js";
import { later } from "./later.js";
import { members } from "./members.js";
import { names } from "./names.js";
import { operations } from "./operations.js";
import { parameters } from "./parameters.js";
import { requests } from "./requests.js";
import { responses } from "./responses.js";
import { shapes } from "./shapes.js";

export const mutations: readonly Mutation[] = [
  ...operations,
  ...parameters,
  ...requests,
  ...responses,
  ...members,
  ...depths,
  ...shapes,
  ...names,
  ...documents,
  ...later,
];
