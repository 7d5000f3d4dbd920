"""All of Flask's plumbing: who visits, who may come, what is taken and given in two dialects, and how a refusal is told."""
