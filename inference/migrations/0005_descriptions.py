from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inference", "0004_job_losses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Description",
            fields=[
                (
                    "digest",
                    models.CharField(max_length=100, primary_key=True, serialize=False),
                ),
                ("text", models.TextField()),
            ],
        ),
        migrations.AddField(
            model_name="model",
            name="parent",
            field=models.CharField(blank=True, max_length=350),
        ),
        # All models are asked for again, which brings their descriptions and what they came from.
        migrations.RunSQL("UPDATE inference_model SET described = ''", migrations.RunSQL.noop),
    ]
