"""The venue's documents: which there are, who may write and read them, and the shape of every fact.

`catalogue` is the table; one file per kind holds its models. The web's `facts.gen.ts` is generated from here.
"""
