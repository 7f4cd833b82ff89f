export * from "sfc-preview-sdk";
