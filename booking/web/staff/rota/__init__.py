"""Who works when: changes of the rota, the conflicts they make, the year."""
