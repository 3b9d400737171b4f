/**
 * The types of the API's requests and answers. No other file imports from outside the package: for publishing, `build/contract-types.ts` puts
 * a file in the place of this one in which the same types are written out.
 */
export type { FlowEdge, FlowGraph, FlowNode } from '@carillon/call-flow/graph'
export type { ApiKey, CreateApiKeyRequest, CreatedApiKey } from '@carillon/contracts/api-key'
export type {
  AddedContacts,
  Audience,
  AudienceContactsRequest,
  CreateAudienceRequest,
  RemovedContacts,
  UpdateAudienceRequest,
} from '@carillon/contracts/audience'
export type {
  AccountResponse,
  CreditsInput,
  LedgerEntryResponse,
  RateCardInput,
  RateCardResponse,
  RateInput,
  RateResponse,
} from '@carillon/contracts/billing'
export type { CallAttemptReport, JobReport } from '@carillon/contracts/call-report'
export type { CallJob, CreateCallRequest, JobFailure, JobStatus, ListCallJobsQuery } from '@carillon/contracts/call-request'
export type { Contact, CreateContactRequest, ListContactsQuery, PhoneReadingQuery, UpdateContactRequest } from '@carillon/contracts/contact'
export type { ImportContactsQuery, ImportProgress, ImportRejection, ImportResult, ImportWarning } from '@carillon/contracts/contact-import'
export type { ContactTrigger, ContactTriggerStatus } from '@carillon/contracts/contact-trigger'
export type { AttributeType, CreateCustomAttributeRequest, CustomAttribute } from '@carillon/contracts/custom-attribute'
export type { CreateDidRequest, Did, DidPoolItem, DidStatus, UpdateDidRequest } from '@carillon/contracts/did'
export type { CreateDncEntryRequest, DncEntry, DncImportResult, ImportDncQuery, ListDncEntriesQuery } from '@carillon/contracts/dnc-entry'
export type { ErrorBody, FieldProblem } from '@carillon/contracts/error-body'
export type {
  ExecutionResponse,
  ExecutionStatus,
  LaunchResponse,
  ResumeExecutionRequest,
  UpdateExecutionRequest,
} from '@carillon/contracts/execution'
export type {
  AddExecutionContactsRequest,
  AddedExecutionContacts,
  ExecutionContact,
  ExecutionContactsQuery,
} from '@carillon/contracts/execution-contact'
export type { ExecutionSchedule } from '@carillon/contracts/execution-schedule'
export type {
  CreateFlowRequest,
  Flow,
  FlowSummary,
  FlowVersion,
  FlowVersionSummary,
  UpdateFlowRequest,
} from '@carillon/contracts/flow'
export type { Role } from '@carillon/contracts/identity'
export type { MetricDefinition, MetricsCatalog } from '@carillon/contracts/metrics-catalog'
export type { CreateOrganizationRequest, Organization, UpdateOrganizationRequest } from '@carillon/contracts/organization'
export type { FlowOutcome, Outcome } from '@carillon/contracts/outcome'
export type { ListQuery, PaginationMeta, PaginationQuery } from '@carillon/contracts/pagination'
export type {
  AutoPauseRule,
  CallingHours,
  CreateProgramRequest,
  Pacing,
  PauseWindowItem,
  PauseWindows,
  ProgramMode,
  ProgramResponse,
  ProgramStatus,
  TimeOfDay,
  UpdateProgramRequest,
} from '@carillon/contracts/program'
export type {
  AttemptBreakdown,
  BillingMetrics,
  CallHistoryItem,
  CallMetrics,
  ContactMetrics,
  EffectiveStatus,
  EventBreakdown,
  NodeExecutionStat,
  NodeExecutionStats,
  ProgramBillingReport,
  ProgramReport,
} from '@carillon/contracts/report'
export type { ExportFormat, ExportQuery } from '@carillon/contracts/report-export'
export type { AsOfQuery, CallHistoryQuery, CallSort, CallsExportQuery } from '@carillon/contracts/report-query'
export type { CallSegment, ExecutionSegments, Segmentation, SegmentsQuery } from '@carillon/contracts/report-segments'
export type { ExecutionTimeline, TimelineBucket, TimelineQuery } from '@carillon/contracts/report-timeline'
export type { RetryStrategy } from '@carillon/contracts/retry-strategy'
export type { TriggerCondition } from '@carillon/contracts/trigger-condition'
