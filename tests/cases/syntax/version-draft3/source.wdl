version draft-3
workflow w {}
