from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inference', '0003_model_parameters'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='error_kind',
            field=models.CharField(blank=True, max_length=50),
        ),
        migrations.AddField(
            model_name='job',
            name='losses',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
