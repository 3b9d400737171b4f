-- Finds the position that an execution's calls had reached at an instant.
create index call_figures_at on call_figures (execution_id, at, position, step);
